// The engine of one process: what every engine does, and what its history costs.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EngineDelegate } from '../../../src/engine/engine.ts'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { defaultBounds, engineSuite } from './engine-suite.ts'

engineSuite('MemoryEngine', (bounds, now) => new MemoryEngine(bounds, now))

function build(bounds: Partial<typeof defaultBounds> = {}) {
  const clock = { now: 0 }
  const engine = new MemoryEngine({ ...defaultBounds, ...bounds }, () => clock.now)
  const publish = (stream: string, ...data: unknown[]) =>
    engine.publish(data.map((each) => ({ stream, json: JSON.stringify(each) })))
  const since = async (stream: string, position: number | null) => {
    const { cursor, ...replay } = await engine.since(stream, position === null ? null : engine.cursorAt(position))
    assert.equal(cursor, engine.cursorAt(replay.position))
    return { ...replay, messages: replay.messages.map(({ json }) => JSON.parse(json)) }
  }
  return { engine, clock, publish, since }
}

describe('the signals of MemoryEngine', () => {
  it('reach all in one order, also those that somebody signals in answer, and after somebody has thrown', async () => {
    const { engine } = build()
    const heard: string[][] = [[], []]
    for (const [index, own] of heard.entries()) {
      await engine.start({
        delivered() {},
        lost() {},
        signalled(signal) {
          const { subject } = signal as { subject: string }
          own.push(subject)
          if (index === 0 && subject === 'question') void engine.signal({ type: 'disconnect', subject: 'answer' })
          if (index === 1 && subject === 'bad') throw new Error('thrown')
        },
      })
    }
    await engine.signal({ type: 'disconnect', subject: 'question' })
    await assert.rejects(engine.signal({ type: 'disconnect', subject: 'bad' }), /thrown/)
    await engine.signal({ type: 'disconnect', subject: 'last' })
    const all = ['question', 'answer', 'bad', 'last']
    assert.deepEqual(heard, [all, all])
  })
})

describe('the memory of MemoryEngine', () => {
  it('expires on reading too, when nobody publishes any more', async () => {
    const { engine, clock, publish, since } = build({ ttl: 1_000 })
    await publish('a', 1)
    clock.now = 1_000
    assert.equal((await since('a', 0)).recovered, false)
    assert.equal(engine.size.streams, 0)
  })

  it('keeps each stream and the whole within their bytes', async () => {
    const { engine, publish, since } = build({ size: 1_000, streamBytes: 5_000, totalBytes: 20_000 })
    const long = 'x'.repeat(500)
    for (let n = 0; n < 400; n++) {
      await publish(`s${n % 10}`, long)
      assert.ok(engine.size.bytes <= 20_000)
    }
    assert.equal((await since('s9', 0)).recovered, false)
    assert.deepEqual((await since('s9', 390)).messages, [long])
  })

  it('never confirms a hole after it had to forget even the names of silent streams', async () => {
    const { engine, clock, publish, since } = build({ ttl: 10, totalBytes: 10_000 })
    for (let n = 1; n <= 200; n++) {
      await publish(`s${n}`, n)
      clock.now += 10
    }
    assert.ok(engine.size.silent < 20)
    assert.ok(engine.size.bytes <= 10_000)
    assert.equal((await since('s1', 0)).recovered, false)
    assert.equal((await since('s200', 200)).recovered, true)
  })

  it('keeps nothing, and says so, with a history of size 0', async () => {
    const { engine, publish, since } = build({ size: 0 })
    await publish('a', 1)
    assert.equal((await since('a', 0)).recovered, false)
    assert.equal((await since('a', 1)).recovered, true)
    assert.equal(engine.size.streams, 0)
  })
})

describe('a MemoryEngine that was stopped', () => {
  const nobody: EngineDelegate = { delivered() {}, lost() {}, signalled() {} }

  it('refuses broadcasts, and says so to who goes on with its history', async () => {
    const { engine, publish, since } = build()
    await engine.start(nobody)
    await publish('a', 1)
    await engine.stop(nobody)
    assert.deepEqual((await since('a', 0)).messages, [1])
    await assert.rejects(publish('a', 2), { name: 'TurboCableError', code: 'TURBO_CABLE_CLOSED' })
    await assert.rejects(engine.refreshAll(), { code: 'TURBO_CABLE_CLOSED' })
    await engine.start(nobody)
    assert.equal((await since('a', 1)).recovered, false)
    await publish('a', 3)
    assert.equal((await since('a', 3)).recovered, true)
  })
})
