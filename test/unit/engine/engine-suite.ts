// What every engine must do, whether its history is in this process or elsewhere.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Engine, EngineDelegate, HistoryBounds, Positioned, Signal } from '../../../src/engine/engine.ts'
import { optionTable } from '../../../src/options/table.ts'

/** Makes an engine with a history of its own, whose clock the test holds. */
export type MakeEngine = (bounds: HistoryBounds, now: () => number) => Engine

const fallback = (name: string) => optionTable[`history.${name}`]?.default as number

/** The bounds that a cable has where nobody says otherwise. */
export const defaultBounds: HistoryBounds = {
  size: fallback('size'),
  ttl: fallback('ttl'),
  streamBytes: fallback('streamBytes'),
  totalBytes: fallback('totalBytes'),
}

/** Somebody who listens, and notes what was heard. */
export class Listener implements EngineDelegate {
  readonly heard: Positioned[] = []
  readonly signals: Signal[] = []
  losses = 0
  #waiting: { holds: () => boolean; resolve: () => void }[] = []

  delivered(messages: readonly Positioned[]): void {
    this.heard.push(...messages)
    this.#look()
  }

  lost(): void {
    this.losses++
    this.#look()
  }

  signalled(signal: Signal): void {
    this.signals.push(signal)
    this.#look()
  }

  /** Resolves as soon as something that was heard makes it true. */
  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }))
  }

  #look(): void {
    const due = this.#waiting.filter(({ holds }) => holds())
    this.#waiting = this.#waiting.filter((each) => !due.includes(each))
    for (const { resolve } of due) resolve()
  }
}

/** A deadline that never comes. */
export const noDeadline = { signal: new AbortController().signal }

/** The suite over engines of one kind. */
export function engineSuite(name: string, make: MakeEngine): void {
  type Context = {
    engine: Engine
    clock: { now: number }
    listener: Listener
    publish: (stream: string, ...data: unknown[]) => Promise<void>
    /** What a stream had after so many broadcasts. */
    since: (stream: string, count: number | null) => Promise<unknown>
    recovers: (stream: string, count: number) => Promise<boolean>
    /** The cursor after so many broadcasts; one of the future after more than there are; or one with this text for a position. */
    cursorAt: (count: number | string) => string
    countAt: (position: number) => number
  }
  const test = (what: string, bounds: Partial<HistoryBounds>, run: (context: Context) => Promise<void>) =>
    it(what, async () => {
      const clock = { now: 0 }
      const complete = { ...defaultBounds, ...bounds }
      const engine = make(complete, () => clock.now)
      const listener = new Listener()
      await engine.start(listener, complete)
      // Tests count broadcasts; what positions they have is the engine's business, as long as these grow.
      const start = engine.cursor() as string
      const [epoch] = start.split(':')
      const newest = () => listener.heard.at(-1)?.position ?? Number(start.split(':')[1])
      const cursorAt = (count: number | string) =>
        typeof count === 'string'
          ? `${epoch}:${count}`
          : count === 0
            ? start
            : (listener.heard[count - 1]?.cursor ?? `${epoch}:${newest() + 1_000_000}`)
      const countAt = (position: number) => listener.heard.filter((each) => each.position <= position).length
      try {
        await run({
          engine,
          clock,
          listener,
          cursorAt,
          countAt,
          publish: (stream, ...data) => engine.publish(data.map((each) => ({ stream, json: JSON.stringify(each) }))),
          async since(stream, count) {
            const { cursor, ...replay } = await engine.since(
              stream,
              count === null ? null : cursorAt(count),
              noDeadline,
            )
            assert.equal(cursor, `${epoch}:${replay.position}`)
            for (const each of replay.messages) assert.equal(each.cursor, `${epoch}:${each.position}`)
            const messages = replay.messages.map(({ json }) => JSON.parse(json))
            return { recovered: replay.recovered, position: countAt(replay.position), messages }
          },
          recovers: async (stream, count) => (await engine.since(stream, cursorAt(count), noDeadline)).recovered,
        })
      } finally {
        await engine.stop(listener)
      }
      assert.equal(listener.losses, 0)
    })

  describe(name, () => {
    test('counts broadcasts in one sequence over all streams, and hands them on in that order', {}, async (context) => {
      const { engine, listener, publish, cursorAt } = context
      assert.equal(engine.cursor(), cursorAt(0))
      await publish('a', 1, 2)
      await publish('b', 3)
      assert.deepEqual(
        listener.heard.map(({ stream, json }) => [stream, json]),
        [
          ['a', '1'],
          ['a', '2'],
          ['b', '3'],
        ],
      )
      const [epoch, before] = cursorAt(0).split(':')
      let last = Number(before)
      for (const { position, cursor } of listener.heard) {
        assert.ok(Number.isSafeInteger(position) && position > last, 'positions grow')
        assert.equal(cursor, `${epoch}:${position}`)
        last = position
      }
      assert.equal(engine.cursor(), cursorAt(3))
    })

    test('carries any text, and the page that is left out', {}, async ({ engine, listener, cursorAt }) => {
      const texts = ['é €😀 \u0000 \n 1 2 3', '', ' ', 'x'.repeat(100_000)]
      const outgoing = texts.map((text, index) => ({
        stream: `ß ${text.slice(0, 20)}`,
        json: JSON.stringify(text),
        exclude: index % 2 ? 'a b 7' : undefined,
      }))
      await engine.publish(outgoing)
      const plain = ({ stream, json, exclude }: Positioned) => ({ stream, json, exclude })
      assert.deepEqual(listener.heard.map(plain), outgoing)
      for (const each of outgoing) {
        const { messages } = await engine.since(each.stream, cursorAt(0), noDeadline)
        assert.deepEqual(messages.map(plain), [each])
      }
    })

    test('replays what came after a cursor, of that stream only', {}, async ({ publish, since }) => {
      await publish('a', 1)
      await publish('b', 2)
      await publish('a', 3, 4)
      assert.deepEqual(await since('a', 1), { recovered: true, position: 4, messages: [3, 4] })
      assert.deepEqual(await since('a', 0), { recovered: true, position: 4, messages: [1, 3, 4] })
      assert.deepEqual(await since('a', 4), { recovered: true, position: 4, messages: [] })
    })

    test('replays as many as there are', {}, async ({ publish, since }) => {
      const all = Array.from({ length: 100 }, (_, n) => n + 1)
      await publish('a', ...all)
      for (const seen of [0, 1, 19, 20, 21, 79, 80, 81, 99, 100]) {
        assert.deepEqual(await since('a', seen), { recovered: true, position: 100, messages: all.slice(seen) })
      }
    })

    test('starts from now for null, and has no gap in a stream it never heard of', {}, async ({ publish, since }) => {
      await publish('a', 1)
      assert.deepEqual(await since('a', null), { recovered: true, position: 1, messages: [] })
      assert.deepEqual(await since('b', 0), { recovered: true, position: 1, messages: [] })
    })

    test('has no gap exactly at the edge of what was evicted, and one just before it', { size: 3 }, async (context) => {
      const { publish, since } = context
      await publish('a', 1, 2, 3, 4, 5)
      assert.deepEqual(await since('a', 2), { recovered: true, position: 5, messages: [3, 4, 5] })
      assert.deepEqual(await since('a', 1), { recovered: false, position: 5, messages: [] })
    })

    test('has no gap at the head of a stream that fell silent past its time to live', {
      ttl: 1_000,
    }, async (context) => {
      const { clock, publish, since, recovers } = context
      await publish('a', 1, 2)
      clock.now = 1_000
      await publish('b', 3)
      assert.deepEqual(await since('a', 2), { recovered: true, position: 3, messages: [] })
      assert.equal(await recovers('a', 1), false)
    })

    test('has a gap in every stream for who came before a refresh of all, and none for who came after', {}, async (context) => {
      const { engine, listener, publish } = context
      const recovers = async (stream: string, cursor: string) =>
        (await engine.since(stream, cursor, noDeadline)).recovered
      await publish('a', 1)
      const before = engine.cursor() as string
      await engine.refreshAll('once')
      await engine.refreshAll('once')
      await publish('a', 2)
      assert.equal(listener.losses, 1)
      const after = engine.cursor() as string
      for (const stream of ['a', 'never heard of']) assert.equal(await recovers(stream, before), false)
      assert.equal(await recovers('a', after), true)
      await publish('a', 3)
      const { recovered, messages } = await engine.since('a', after, noDeadline)
      assert.deepEqual([recovered, messages.map(({ json }) => json)], [true, ['3']])
      listener.losses = 0
    })

    test('expires on reading too, when nobody publishes any more', { ttl: 1_000 }, async (context) => {
      const { clock, publish, recovers } = context
      await publish('a', 1)
      clock.now = 999
      assert.equal(await recovers('a', 0), true)
      clock.now = 1_000
      assert.equal(await recovers('a', 0), false)
    })

    test('remembers the edge when a silent stream speaks again', { ttl: 1_000 }, async (context) => {
      const { clock, publish, since, recovers } = context
      await publish('a', 1)
      clock.now = 1_000
      await publish('a', 2)
      assert.equal(await recovers('a', 0), false)
      assert.deepEqual(await since('a', 1), { recovered: true, position: 2, messages: [2] })
    })

    test('keeps each stream and the whole within their bytes', {
      size: 1_000,
      streamBytes: 5_000,
      totalBytes: 20_000,
    }, async (context) => {
      const { publish, since, recovers } = context
      const long = 'x'.repeat(500)
      for (let n = 0; n < 400; n++) await publish(`s${n % 10}`, long)
      assert.equal(await recovers('s9', 0), false)
      assert.deepEqual(await since('s9', 390), { recovered: true, position: 400, messages: [long] })
    })

    test('never confirms a hole after it had to forget even the names of silent streams', {
      ttl: 10,
      totalBytes: 10_000,
    }, async (context) => {
      const { clock, publish, recovers } = context
      for (let n = 1; n <= 200; n++) {
        await publish(`s${n}`, n)
        clock.now += 10
      }
      assert.equal(await recovers('s1', 0), false)
      assert.equal(await recovers('s200', 200), true)
    })

    test('keeps nothing, and says so, with a history of size 0', { size: 0 }, async ({ publish, recovers }) => {
      await publish('a', 1)
      assert.equal(await recovers('a', 0), false)
      assert.equal(await recovers('a', 1), true)
    })

    test('has a gap for a cursor of another epoch, from the future, or of none', {}, async (context) => {
      const { engine, publish, cursorAt, countAt } = context
      await publish('a', 1)
      const position = cursorAt(1).split(':')[1] as string
      const foreign = ['', ':', `other:${position}`, position, `e:${position}`, `:${position}`, 'null', '-:0']
      const texts = ['-1', `0${position}`, `${position}.5`, '1e3', '9'.repeat(30), '', ` ${position}`, '0x1']
      for (const cursor of [...foreign, ...texts.map(cursorAt), cursorAt(2)]) {
        const { recovered, position, messages } = await engine.since('a', cursor, noDeadline)
        assert.deepEqual([recovered, countAt(position), messages], [false, 1, []], cursor)
      }
    })

    test('takes what has an id once, and what was given up never', {}, async ({ engine, listener }) => {
      const one = [{ stream: 'a', json: '1' }]
      await engine.publish(one, 'first')
      await engine.publish([{ stream: 'a', json: '2' }], 'first')
      await Promise.all([engine.publish(one, 'second'), engine.publish(one, 'second')])
      await engine.publish([{ stream: 'a', json: '3' }], 'third', ['fourth', 'fifth'])
      await engine.publish(one, 'fourth')
      await engine.publish(one, 'fifth')
      await engine.publish([{ stream: 'a', json: '4' }], 'sixth')
      assert.deepEqual(
        listener.heard.map(({ json }) => json),
        ['1', '1', '3', '4'],
      )
    })

    test('takes each of those that come at once by itself', {}, async ({ engine, listener }) => {
      const data = (...all: number[]) => all.map((n) => ({ stream: `s${n % 2}`, json: String(n) }))
      await Promise.all([
        engine.publish(data(1, 2), 'pair'),
        engine.publish(data(3)),
        engine.publish(data(9), 'pair'),
        engine.publish(data(4), 'last', ['old', 'older']),
        engine.publish(data(9), 'older'),
        engine.publish(data(5)),
      ])
      assert.deepEqual(
        listener.heard.map(({ json }) => Number(json)),
        [1, 2, 3, 4, 5],
      )
    })

    test('carries a signal after what was sent before it', {}, async ({ engine, listener, publish }) => {
      const heardBefore: number[] = []
      listener.signalled = () => void heardBefore.push(listener.heard.length)
      const sent = [publish('a', 1), publish('b', 2), engine.signal({ type: 'disconnect', subject: '7' })]
      await Promise.all([...sent, publish('a', 3)])
      assert.deepEqual(heardBefore, [2])
    })

    test('carries signals, which take no position', {}, async ({ engine, listener, publish, cursorAt }) => {
      const signals: Signal[] = [
        { type: 'disconnect', subject: '7' },
        { type: 'revoke', stream: 'é', subject: '8' },
        { type: 'restore', stream: 'é', subject: '8' },
      ]
      await publish('a', 1)
      for (const signal of signals) await engine.signal(signal)
      await publish('a', 2)
      await listener.until(() => listener.signals.length === 3)
      assert.deepEqual(listener.signals, signals)
      assert.equal(engine.cursor(), cursorAt(2))
    })

    test('serves several cables, and none that has left', {}, async ({ engine, listener, publish }) => {
      const other = new Listener()
      await engine.start(other)
      await publish('a', 1)
      await engine.stop(other)
      await publish('a', 2)
      assert.deepEqual([other.heard.length, listener.heard.length], [1, 2])
    })

    test('keeps the order of a sender that does not wait', {}, async ({ listener, publish }) => {
      await Promise.all(Array.from({ length: 300 }, (_, n) => publish(`s${n % 3}`, n)))
      assert.deepEqual(
        listener.heard.map(({ json }) => Number(json)),
        Array.from({ length: 300 }, (_, n) => n),
      )
    })
  })
}
