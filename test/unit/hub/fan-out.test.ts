// When gathered messages leave: turns of the event loop, and no timer.
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
  const write = (frames: Buffer) =>
    writes.push([...frames.toString('latin1').matchAll(/"data":(\d+)/g)].map(([, n]) => Number(n)))
  const fanOut = new FanOut()
  const topic = new Topic('s', () => fanOut.flush())
  const connection = {
    write,
    protocol: turboCableProtocol,
    transport: { framing: websocketFraming },
  } as unknown as Connection
  topic.serve(topic.audience(connection, { address: 's', stream: 's', resumes: false }), connection)
  return {
    writes,
    add: (n: number) => fanOut.add(topic, { stream: 's', json: String(n), position: n, cursor: `e:${n}` }),
    flush: () => fanOut.flush(),
    flushed: () => fanOut.flushed(),
  }
}
