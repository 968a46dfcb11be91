// The history against a naive model that keeps everything: a hole is never confirmed, and a gap never invented.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { MemoryEngine } from '../../src/engine/memory.ts'
import { seededChance } from '../support/chance.ts'

interface Bounds {
  readonly size: number
  readonly ttl: number
  readonly streamBytes: number
  readonly totalBytes: number
}

interface Logged {
  readonly position: number
  readonly stream: string
  readonly json: string
  readonly expires: number
  gone: boolean
}

/** Everything that was ever published, and a note on what the bounds of one stream have put out. */
class Log {
  readonly all: Logged[] = []
  now = 0
  readonly #bounds: Bounds

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get position(): number {
    return this.all.length
  }

  publish(stream: string, json: string): void {
    const { size, ttl } = this.#bounds
    this.all.push({ position: this.position + 1, stream, json, expires: this.now + ttl, gone: false })
    const ofStream = this.all.filter((each) => each.stream === stream && !each.gone)
    for (const each of ofStream.slice(0, Math.max(0, ofStream.length - size))) each.gone = true
  }

  after(stream: string, position: number): Logged[] {
    for (const each of this.all) if (each.expires <= this.now) each.gone = true
    return this.all.filter((each) => each.stream === stream && each.position > position)
  }
}

interface Real {
  readonly engine: MemoryEngine
  readonly clock: { now: number }
  readonly bounds: Bounds
  /** Whether the bounds over all streams are out of reach, so that the model knows each gap. */
  readonly exact: boolean
  readonly delivered: number[]
}

type Command = fc.AsyncCommand<Log, Real>

class Publish implements Command {
  readonly batch: readonly (readonly [stream: string, data: string])[]
  constructor(batch: Publish['batch']) {
    this.batch = batch
  }
  check = () => true
  async run(log: Log, { engine, bounds, delivered }: Real): Promise<void> {
    await engine.publish(this.batch.map(([stream, data]) => ({ stream, json: JSON.stringify(data) })))
    for (const [stream, data] of this.batch) log.publish(stream, JSON.stringify(data))
    assert.equal(engine.position(), log.position)
    assert.deepEqual(
      delivered,
      log.all.map(({ position }) => position),
    )
    assert.ok(engine.size.bytes <= bounds.totalBytes, `${engine.size.bytes} bytes`)
  }
  toString = () => `publish(${JSON.stringify(this.batch)})`
}

class Pass implements Command {
  readonly time: number
  constructor(time: number) {
    this.time = time
  }
  check = () => true
  async run(log: Log, { clock }: Real): Promise<void> {
    clock.now += this.time
    log.now += this.time
  }
  toString = () => `pass(${this.time})`
}

class Since implements Command {
  readonly stream: string
  readonly back: number
  constructor(stream: string, back: number) {
    this.stream = stream
    this.back = back
  }
  check = () => true
  async run(log: Log, { engine, exact }: Real): Promise<void> {
    const seen = log.position - (this.back % (log.position + 1))
    const missed = log.after(this.stream, seen)
    const replay = await engine.since(this.stream, engine.cursorAt(seen))
    assert.equal(replay.position, log.position)
    if (exact) assert.equal(replay.recovered, !missed.some(({ gone }) => gone), 'a gap exactly where something is gone')
    const expected = replay.recovered ? missed.map(({ position, json }) => ({ position, json })) : []
    assert.deepEqual(
      replay.messages.map(({ position, json }) => ({ position, json })),
      expected,
      'all that was missed, or nothing',
    )
    const future = await engine.since(this.stream, engine.cursorAt(log.position + 1 + this.back))
    assert.deepEqual([future.recovered, future.messages], [false, []])
    const fromNow = await engine.since(this.stream, null)
    assert.deepEqual([fromNow.recovered, fromNow.position, fromNow.messages], [true, log.position, []])
  }
  toString = () => `since(${this.stream}, head - ${this.back})`
}

const stream = fc.constantFrom('a', 'b', 'c', 'a-stream-with-a-longer-name')
const commands = fc.commands(
  [
    fc
      .array(fc.tuple(stream, fc.string({ maxLength: 40 })), { minLength: 1, maxLength: 4 })
      .map((all) => new Publish(all)),
    fc.tuple(stream, fc.nat(30)).map(([name, back]) => new Since(name, back)),
    fc.constantFrom(1, 3, 10, 25).map((time) => new Pass(time)),
  ],
  { maxCommands: 60, size: 'max' },
)
const few = { size: fc.nat(6), ttl: fc.constantFrom(0, 5, 20, 1_000) }
const ample = { streamBytes: fc.constant(1 << 20), totalBytes: fc.constant(1 << 26) }
const tight = { streamBytes: fc.constantFrom(0, 250, 700, 2_000), totalBytes: fc.constantFrom(0, 300, 900, 2_500) }

async function holds(t: TestContext, bounds: fc.Arbitrary<Bounds>, exact: boolean): Promise<void> {
  const { seed } = seededChance()
  t.diagnostic(`seed ${seed}`)
  const property = fc.asyncProperty(bounds, commands, (chosen, run) =>
    fc.asyncModelRun(() => {
      const clock = { now: 0 }
      const engine = new MemoryEngine(chosen, () => clock.now)
      const delivered: number[] = []
      void engine.start({
        delivered: (messages) => delivered.push(...messages.map(({ position }) => position)),
        lost: () => assert.fail(),
        signalled: () => assert.fail(),
      })
      return { model: new Log(chosen), real: { engine, clock, bounds: chosen, exact, delivered } }
    }, run),
  )
  await fc.assert(property, { seed, numRuns: 1_500 })
}

describe('MemoryEngine beside a log that forgets nothing', () => {
  it('within the bounds of its streams: reports a gap exactly where something is gone', (t) =>
    holds(t, fc.record({ ...few, ...ample }), true))

  it('under tight bounds on everything: keeps them after each publish, and never confirms a hole', (t) =>
    holds(t, fc.record({ ...few, ...tight }), false))
})
