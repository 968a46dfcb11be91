// Several processes on one server against a log that forgets nothing, by chance: publishes, batches, cursors, evictions, time,
// cut connections. A hole is never confirmed, a gap never invented, and each position reaches each process once, in order.

import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import type { Engine, HistoryBounds, Outgoing } from '../../../src/engine/engine.ts'
import { type Chance, seededChance } from '../../support/chance.ts'
import { type EngineKind, engines } from '../../support/engines.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { defaultBounds, Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

const streams = ['a', 'b', 'c', 'a stream with a longer name']

interface Logged extends Outgoing {
  readonly expires: number
}

/** Everything that was ever published, and what of it the bounds of one stream have put out. */
class Log {
  readonly all: Logged[] = []
  now = 0
  readonly #bounds: HistoryBounds
  /** How many of the first ones have expired. */
  #expired = 0

  constructor(bounds: HistoryBounds) {
    this.#bounds = bounds
  }

  add(each: Outgoing): void {
    this.all.push({ ...each, expires: this.now + this.#bounds.ttl })
  }

  /** What a stream had among the first `upTo` after the first `seen`, and whether something of it is gone. */
  after(stream: string, seen: number, upTo: number): { missed: Logged[]; hole: boolean } {
    while ((this.all[this.#expired]?.expires ?? Number.POSITIVE_INFINITY) <= this.now) this.#expired++
    const { size } = this.#bounds
    const own = this.all.slice(0, upTo).flatMap((each, index) => (each.stream === stream ? [index] : []))
    const held = new Set(own.slice(Math.max(0, own.length - size)).filter((index) => index >= this.#expired))
    const missed = own.filter((index) => index >= seen)
    return { missed: missed.map((index) => this.all[index] as Logged), hole: missed.some((index) => !held.has(index)) }
  }
}

interface Member {
  readonly engine: Engine
  /** Where it began. */
  readonly from: string
  readonly listener: Listener
  readonly proxy: TcpProxy
}

const rounds = 8
const steps = 50

for (const kind of engines) {
  it(`several engines on one ${kind.name} keep to a log that forgets nothing`, { timeout: 120_000 }, (t) =>
    all(t, kind),
  )
}

async function all(t: TestContext, kind: EngineKind): Promise<void> {
  const { seed, below } = seededChance()
  t.diagnostic(`SEED=${seed}`)
  warnings(t)
  const server = await kind.start()
  try {
    for (let round = 0; round < rounds; round++) {
      const exact = round % 2 === 0
      const bounds = exact
        ? { ...defaultBounds, size: below(6), ttl: [5, 20, 1_000][below(3)] as number }
        : { size: below(6), ttl: 20, streamBytes: below(2_000), totalBytes: 1 + below(4_000) }
      await run(kind, server.port, `${seed}-${round}`, bounds, exact, below)
    }
  } catch (error) {
    throw new Error(`with SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
  } finally {
    await server.end()
  }
}

async function run(
  kind: EngineKind,
  port: number,
  name: string,
  bounds: HistoryBounds,
  exact: boolean,
  chance: Chance,
): Promise<void> {
  const log = new Log(bounds)
  const members: Member[] = []
  for (let left = 2 + chance(2); left > 0; left--) {
    const proxy = await TcpProxy.to(port)
    const engine = kind.timed(proxy.port, name, bounds, () => log.now)
    const listener = new Listener()
    await engine.start(listener, bounds)
    members.push({ engine, proxy, listener, from: engine.cursor() as string })
  }
  const anyone = () => members[chance(members.length)] as Member
  try {
    for (let step = 0; step < steps; step++) {
      const what = chance(10)
      if (what < 5) await publish(log, anyone(), anyone(), chance)
      else if (what < 8) await ask(log, anyone(), members, exact, chance)
      else if (what < 9) log.now += 1 + chance(12)
      else await anyone().proxy.cut()
    }
    for (const { listener } of members) {
      await listener.until(() => listener.heard.length >= log.all.length)
      assert.deepEqual(listener.heard.map(plain), log.all.map(plain))
      assert.deepEqual(
        listener.heard.map(({ position }) => position),
        members[0]?.listener.heard.map(({ position }) => position),
      )
      assert.equal(listener.losses, 0)
    }
  } finally {
    for (const { engine, listener } of members) await engine.stop(listener)
    for (const { proxy } of members) await proxy.close()
  }
}

// A sender that gets no answer sends again under the same id, as ours over HTTP do.
async function publish(log: Log, { engine, proxy }: Member, other: Member, chance: Chance): Promise<void> {
  const batch = Array.from({ length: 1 + chance(4) }, () => ({
    stream: streams[chance(streams.length)] as string,
    json: JSON.stringify('x'.repeat(chance(300))),
    exclude: chance(4) === 0 ? 'somebody' : undefined,
  }))
  const id = `${Math.random()}`
  // Not for ever: a connection needs its time to come back.
  let cuts = chance(8) === 0 ? chance(4) : 0
  for (;;) {
    try {
      const [sent] = await Promise.allSettled([engine.publish(batch, id), cuts-- > 0 ? proxy.cut() : undefined])
      if (sent.status === 'rejected') throw sent.reason
      break
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'TURBO_CABLE_UNREACHABLE')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  for (const each of batch) log.add(each)
  // Its answer may have been lost on the way: then it comes again, by another process.
  if (chance(5) === 0) await other.engine.publish(batch, id).catch(() => {})
}

async function ask(
  log: Log,
  member: Member,
  members: readonly Member[],
  exact: boolean,
  chance: Chance,
): Promise<void> {
  const { engine, listener, from } = member
  const stream = streams[chance(streams.length)] as string
  const delivered = listener.heard.length
  // Any place that anybody has come to, also one that this process has yet to reach.
  const ahead = members.reduce((one, other) => (other.listener.heard.length > one.listener.heard.length ? other : one))
  const seen = chance(ahead.listener.heard.length + 1)
  const cursor = seen === 0 ? from : (ahead.listener.heard[seen - 1]?.cursor as string)
  const { recovered, position, messages } = await engine.since(stream, cursor, noDeadline)
  await listener.until(
    () => (listener.heard.at(-1)?.position ?? 0) >= position || listener.heard.length === log.all.length,
  )
  const upTo = listener.heard.filter((each) => each.position <= position).length
  assert.ok(upTo >= delivered, 'never earlier than what was delivered')
  const { missed, hole } = log.after(stream, seen, upTo)
  if (exact) assert.equal(recovered, !hole, 'a gap exactly where something is gone')
  assert.deepEqual(messages.map(plain), recovered ? missed.map(plain) : [], 'all that was missed, or nothing')
  const [epoch] = from.split(':')
  const future = await engine.since(stream, `${epoch}:${2 ** 50}`, noDeadline)
  assert.equal(future.recovered, false)
}

function plain({ stream, json, exclude }: Outgoing) {
  return [stream, json, exclude]
}
