// The history: its bounds, and the exact edge of a gap.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { optionTable } from '../../../src/options/table.ts'

const defaults = {
  size: optionTable['history.size']?.default as number,
  ttl: optionTable['history.ttl']?.default as number,
  streamBytes: optionTable['history.streamBytes']?.default as number,
  totalBytes: optionTable['history.totalBytes']?.default as number,
}

function build(bounds: Partial<typeof defaults> = {}) {
  const clock = { now: 0 }
  const engine = new MemoryEngine({ ...defaults, ...bounds }, () => clock.now)
  const publish = (stream: string, ...data: unknown[]) =>
    engine.publish(data.map((each) => ({ stream, json: JSON.stringify(each) })))
  const since = async (stream: string, position: number | null) => {
    const { cursor, ...replay } = await engine.since(stream, position === null ? null : engine.cursorAt(position))
    assert.equal(cursor, engine.cursorAt(replay.position))
    return { ...replay, messages: replay.messages.map(({ json }) => JSON.parse(json)) }
  }
  return { engine, clock, publish, since }
}

describe('MemoryEngine', () => {
  it('counts broadcasts in one sequence over all streams, and hands them on in that order', async () => {
    const { engine, publish } = build()
    const positions: number[] = []
    await engine.start({
      delivered: (messages) => positions.push(...messages.map(({ position }) => position)),
      lost: () => assert.fail(),
      signalled: () => assert.fail(),
    })
    await publish('a', 1, 2)
    await publish('b', 3)
    assert.deepEqual(positions, [1, 2, 3])
    assert.equal(engine.position(), 3)
  })

  it('replays what came after a cursor, of that stream only', async () => {
    const { publish, since } = build()
    await publish('a', 1)
    await publish('b', 2)
    await publish('a', 3, 4)
    assert.deepEqual(await since('a', 1), { recovered: true, position: 4, messages: [3, 4] })
    assert.deepEqual(await since('a', 0), { recovered: true, position: 4, messages: [1, 3, 4] })
    assert.deepEqual(await since('a', 4), { recovered: true, position: 4, messages: [] })
  })

  it('starts from now for null, and has no gap in a stream it never heard of', async () => {
    const { publish, since } = build()
    await publish('a', 1)
    assert.deepEqual(await since('a', null), { recovered: true, position: 1, messages: [] })
    assert.deepEqual(await since('b', 0), { recovered: true, position: 1, messages: [] })
  })

  it('has no gap exactly at the edge of what was evicted, and one just before it', async () => {
    const { publish, since } = build({ size: 3 })
    await publish('a', 1, 2, 3, 4, 5)
    assert.deepEqual(await since('a', 2), { recovered: true, position: 5, messages: [3, 4, 5] })
    assert.deepEqual(await since('a', 1), { recovered: false, position: 5, messages: [] })
  })

  it('has no gap for a client at the head of a stream that fell silent past its time to live', async () => {
    const { clock, publish, since } = build({ ttl: 1_000 })
    await publish('a', 1, 2)
    clock.now = 1_000
    await publish('b', 3)
    assert.deepEqual(await since('a', 2), { recovered: true, position: 3, messages: [] })
    assert.deepEqual((await since('a', 1)).recovered, false)
  })

  it('has a gap in every stream for who came before a refresh of all, and none for who came after', async () => {
    const { engine, publish, since } = build()
    let lost = 0
    await engine.start({ delivered() {}, lost: () => void lost++, signalled: () => assert.fail() })
    await publish('a', 1)
    await engine.refreshAll('once')
    await engine.refreshAll('once')
    assert.deepEqual([lost, engine.position()], [1, 2])
    for (const stream of ['a', 'never heard of']) assert.equal((await since(stream, 1)).recovered, false)
    await publish('a', 3)
    assert.equal((await since('a', 1)).recovered, false)
    assert.deepEqual(await since('a', 2), { recovered: true, position: 3, messages: [3] })
    assert.deepEqual(engine.size.streams, 1)
  })

  it('expires on reading too, when nobody publishes any more', async () => {
    const { engine, clock, publish, since } = build({ ttl: 1_000 })
    await publish('a', 1)
    clock.now = 1_000
    assert.equal((await since('a', 0)).recovered, false)
    assert.equal(engine.size.streams, 0)
  })

  it('remembers the edge when a silent stream speaks again', async () => {
    const { clock, publish, since } = build({ ttl: 1_000 })
    await publish('a', 1)
    clock.now = 1_000
    await publish('a', 2)
    assert.equal((await since('a', 0)).recovered, false)
    assert.deepEqual(await since('a', 1), { recovered: true, position: 2, messages: [2] })
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

  for (const cursor of ['', ':', 'other:1', '1', 'e:1', ':1', 'null']) {
    it(`has a gap for the cursor "${cursor}" of another epoch or of none`, async () => {
      const { engine, publish } = build()
      await publish('a', 1)
      assert.equal((await engine.since('a', cursor)).recovered, false)
    })
  }

  it('has a gap for a cursor from the future or with an absurd position', async () => {
    const { engine, publish } = build()
    await publish('a', 1)
    for (const position of ['2', '-1', '01', '1.5', '1e3', '9'.repeat(30), '', ' 1', '0x1']) {
      assert.equal((await engine.since('a', `${engine.epoch}:${position}`)).recovered, false, position)
    }
  })
})
