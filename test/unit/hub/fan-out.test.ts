// When gathered messages leave: at the end of a turn, which is longer under load.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Connection } from '../../../src/hub/connection.ts'
import { FanOut } from '../../../src/hub/fan-out.ts'
import { Topic } from '../../../src/hub/topic.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import { websocketFraming } from '../../../src/transport/websocket-framing.ts'

test('a lone message leaves in its own turn', async () => {
  const { add, writes } = listening()
  add(1)
  await setImmediate()
  assert.deepEqual(writes, [[1]])
})

test('messages of one turn leave in one write', async () => {
  const { add, writes } = listening()
  for (const n of [1, 2, 3]) add(n)
  await setImmediate()
  assert.deepEqual(writes, [[1, 2, 3]])
})

test('after a turn with several messages, one that comes a few rounds of the loop later still shares the write', async () => {
  const { add, writes, flushed } = listening()
  for (const n of [1, 2]) add(n)
  await flushed()
  add(3)
  await setImmediate()
  await setImmediate()
  add(4)
  await flushed()
  assert.deepEqual(writes, [
    [1, 2],
    [3, 4],
  ])
})

test('a lone message after that waits some rounds of the loop, and the one after it none', async () => {
  const { add, writes, flushed } = listening()
  for (const n of [1, 2]) add(n)
  await flushed()
  add(3)
  for (let round = 0; round <= 8; round++) await setImmediate()
  assert.deepEqual(writes.at(-1), [3])
  add(4)
  await setImmediate()
  assert.deepEqual(writes, [[1, 2], [3], [4]])
})

test('after a turn with several messages the next one waits for as many, one and a half times as long as the last write took at most', async () => {
  const { add, writes, flushed, clock } = listening()
  clock.write = 8
  for (const n of [1, 2, 3]) add(n)
  await flushed()
  add(4)
  for (let round = 0; round < 50; round++) await setImmediate()
  clock.now += 11.9
  for (const n of [5, 6]) add(n)
  await flushed()
  add(7)
  for (let round = 0; round < 50; round++) await setImmediate()
  assert.deepEqual(writes, [
    [1, 2, 3],
    [4, 5, 6],
  ])
  clock.now += 12
  await flushed()
  assert.deepEqual(writes.at(-1), [7])
})

test('one turn with few messages does not end the waiting for many', async () => {
  const { add, writes, flushed, clock } = listening()
  for (const n of [1, 2, 3, 4]) add(n)
  await flushed()
  clock.write = 8
  add(5)
  await flushed()
  add(6)
  for (let round = 0; round < 50; round++) await setImmediate()
  add(7)
  await flushed()
  assert.deepEqual(writes, [[1, 2, 3, 4], [5], [6, 7]])
})

test('after writes that took seconds the next turn waits some milliseconds all the same', async () => {
  const { add, writes, flushed, clock } = listening()
  clock.write = 60_000
  for (const n of [1, 2]) add(n)
  await flushed()
  add(3)
  clock.now += 20
  await flushed()
  assert.deepEqual(writes, [[1, 2], [3]])
})

test('a lone message waits for nothing, however long the last write took', async () => {
  const { add, writes, clock } = listening()
  clock.write = 1_000
  add(1)
  await setImmediate()
  add(2)
  await setImmediate()
  assert.deepEqual(writes, [[1], [2]])
})

test('what is flushed by hand does not shorten the next turn', async () => {
  const { add, writes, flush, flushed } = listening()
  for (const n of [1, 2]) add(n)
  flush()
  add(3)
  for (let round = 0; round < 6; round++) await setImmediate()
  add(4)
  await flushed()
  assert.deepEqual(writes, [
    [1, 2],
    [3, 4],
  ])
})

// A stream with one subscriber, of whom only the writes matter: the numbers that each of them carried.
function listening() {
  const writes: number[][] = []
  // A write takes `write` ms by this clock, and nothing else takes any.
  const clock = { now: 0, write: 0 }
  const write = (frames: Buffer) => {
    writes.push([...frames.toString('latin1').matchAll(/"data":(\d+)/g)].map(([, n]) => Number(n)))
    clock.now += clock.write
  }
  const fanOut = new FanOut(undefined, undefined, () => clock.now)
  const topic = new Topic('s', () => fanOut.flush())
  const connection = {
    write,
    protocol: turboCableProtocol,
    transport: { framing: websocketFraming },
  } as unknown as Connection
  topic.serve(topic.audience(connection, { address: 's', stream: 's', resumes: false }), connection)
  return {
    writes,
    clock,
    add: (n: number) => fanOut.add(topic, { stream: 's', json: String(n), position: n, cursor: `e:${n}` }),
    flush: () => fanOut.flush(),
    flushed: () => fanOut.flushed(),
  }
}
