// Several processes on one Redis against a log that forgets nothing, by chance: publishes, batches, cursors, evictions, time,
// cut connections. A hole is never confirmed, a gap never invented, and each position reaches each process once, in order.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createClient } from 'redis'
import type { HistoryBounds, Outgoing } from '../../../src/engine/engine.ts'
import { openLike } from '../../../src/engine/redis/connection.ts'
import { RedisEngine } from '../../../src/engine/redis/engine.ts'
import { type Chance, seededChance } from '../../support/chance.ts'
import { startRedis } from '../../support/redis.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { defaultBounds, Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

const streams = ['a', 'b', 'c', 'a stream with a longer name']

interface Logged extends Outgoing {
  readonly position: number
  readonly expires: number
  gone: boolean
}

/** Everything that was ever published, and a note on what the bounds of one stream have put out. */
class Log {
  readonly all: Logged[] = []
  now = 0
  readonly #bounds: HistoryBounds

  constructor(bounds: HistoryBounds) {
    this.#bounds = bounds
  }

  add(each: Outgoing): void {
    const { size, ttl } = this.#bounds
    this.all.push({ ...each, position: this.all.length + 1, expires: this.now + ttl, gone: false })
    const held = this.all.filter(({ stream, gone }) => stream === each.stream && !gone)
    for (const old of held.slice(0, Math.max(0, held.length - size))) old.gone = true
  }

  after(stream: string, position: number): Logged[] {
    for (const each of this.all) if (each.expires <= this.now) each.gone = true
    return this.all.filter((each) => each.stream === stream && each.position > position)
  }
}

interface Member {
  readonly engine: RedisEngine
  readonly listener: Listener
  readonly proxy: TcpProxy
}

const rounds = 8
const steps = 50

it('several engines on one Redis keep to a log that forgets nothing', { timeout: 120_000 }, async (t) => {
  const { seed, below } = seededChance()
  t.diagnostic(`SEED=${seed}`)
  warnings(t)
  const redis = await startRedis()
  try {
    for (let round = 0; round < rounds; round++) {
      const exact = round % 2 === 0
      const bounds = exact
        ? { ...defaultBounds, size: below(6), ttl: [5, 20, 1_000][below(3)] as number }
        : { size: below(6), ttl: 20, streamBytes: below(2_000), totalBytes: 1 + below(4_000) }
      await run(redis.port, `${seed} ${round}`, bounds, exact, below)
    }
  } catch (error) {
    throw new Error(`with SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
  } finally {
    await redis.stop()
  }
})

async function run(port: number, prefix: string, bounds: HistoryBounds, exact: boolean, chance: Chance): Promise<void> {
  const log = new Log(bounds)
  const members: Member[] = []
  for (let left = 2 + chance(2); left > 0; left--) {
    const proxy = await TcpProxy.to(port)
    const open = openLike(createClient({ url: `redis://127.0.0.1:${proxy.port}` }))
    const engine = new RedisEngine({ open, prefix, logBytes: 1 << 20, bounds, now: () => log.now })
    const member = { engine, proxy, listener: new Listener() }
    await engine.start(member.listener, bounds)
    members.push(member)
  }
  const anyone = () => members[chance(members.length)] as Member
  try {
    for (let step = 0; step < steps; step++) {
      const what = chance(10)
      if (what < 5) await publish(log, anyone(), anyone(), chance)
      else if (what < 8) await ask(log, anyone(), exact, chance)
      else if (what < 9) log.now += 1 + chance(12)
      else await anyone().proxy.cut()
    }
    for (const { listener } of members) {
      await listener.until(() => listener.heard.length >= log.all.length)
      assert.deepEqual(
        listener.heard.map(({ stream, json, exclude, position }) => ({ stream, json, exclude, position })),
        log.all.map(({ stream, json, exclude, position }) => ({ stream, json, exclude, position })),
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
  const cut = chance(8) === 0
  for (;;) {
    try {
      const [sent] = await Promise.allSettled([engine.publish(batch, id), cut && chance(2) ? proxy.cut() : undefined])
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

async function ask(log: Log, { engine, listener }: Member, exact: boolean, chance: Chance): Promise<void> {
  const stream = streams[chance(streams.length)] as string
  const epoch = engine.cursor()?.split(':')[0]
  const delivered = listener.heard.length
  const seen = log.all.length - chance(log.all.length + 1)
  const missed = log.after(stream, seen)
  const { recovered, position, messages } = await engine.since(stream, `${epoch}:${seen}`, noDeadline)
  assert.equal(position, log.all.length)
  assert.ok(position >= delivered)
  const hole = missed.some(({ gone }) => gone)
  if (exact) assert.equal(recovered, !hole, 'a gap exactly where something is gone')
  const plain = (each: Logged | (typeof messages)[number]) => [each.position, each.stream, each.json, each.exclude]
  assert.deepEqual(messages.map(plain), recovered ? missed.map(plain) : [], 'all that was missed, or nothing')
  const future = await engine.since(stream, `${epoch}:${log.all.length + 1}`, noDeadline)
  assert.equal(future.recovered, false)
}
