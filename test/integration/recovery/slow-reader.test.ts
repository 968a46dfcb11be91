// Slow is who makes no progress: a replay reaches a reader on a slow link, and readers that never read cost little.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from 'node:test'
import type { TestClient } from '../../support/client.ts'
import { withCable } from '../../support/with-cable.ts'

// The socket below a client of ws, which has no public name for it.
const socketOf = (client: TestClient) => (client.ws as unknown as { _socket: Socket })._socket

const kilobyte = 'x'.repeat(1_000)

test('a replay larger than may wait arrives at a slow link, in one connection, with what was sent meanwhile', () =>
  withCable(
    { history: { size: 1_000, streamBytes: 40_000_000 }, limits: { pendingBytes: 300_000 } },
    async ({ connect, cable }) => {
      const first = await connect()
      const { cursor } = await first.subscribe('s', { cursor: null })
      await first.close()
      const count = 500
      for (let n = 0; n < count; n++) await cable.broadcastJson('s', { n, fill: kilobyte.repeat(40) })
      const client = await connect()
      const throttled = throttle(socketOf(client))
      client.send({ type: 'subscribe', stream: 's', cursor })
      const { type, recovered } = await client.next()
      assert.deepEqual({ type, recovered }, { type: 'subscribed', recovered: true })
      const seen: unknown[] = []
      while (seen.length < count + 10) {
        const { data } = await client.next()
        seen.push((data as { n: number }).n)
        // In the middle of the replay: it comes after it.
        if (seen.length === 20) for (let n = 0; n < 10; n++) await cable.broadcastJson('s', { n: count + n })
      }
      assert.deepEqual(
        seen,
        Array.from({ length: count + 10 }, (_, n) => n),
      )
      throttled.end()
      assert.ok(throttled.pauses > 20, `${throttled.pauses} pauses: the link was slow`)
      assert.equal(cable.stats().slowConsumers, 0)
    },
  ))

test('clients that ask for old cursors and never read neither block the loop nor fill the memory', () =>
  withCable({ limits: { connections: 1_000 } }, async ({ connect, cable }) => {
    const first = await connect()
    const { cursor } = await first.subscribe('s', { cursor: null })
    await first.close()
    for (let n = 0; n < 90; n++) await cable.broadcastJson('s', { n, fill: kilobyte.repeat(10) })
    const silent = await Promise.all(Array.from({ length: 300 }, () => connect()))
    for (const client of silent) socketOf(client).pause()
    const before = process.memoryUsage()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    for (let round = 0; round < 4; round++) {
      for (const client of silent) client.send({ type: 'subscribe', stream: 's', cursor })
    }
    // Everybody's command is read once a later one of somebody else's is answered.
    const witness = await connect()
    while (cable.stats().subscriptions < silent.length) await witness.drain()
    await witness.drain()
    delay.disable()
    const after = process.memoryUsage()
    const grown = after.external + after.heapUsed - before.external - before.heapUsed
    assert.ok(grown < 150_000_000, `${Math.round(grown / 1e6)} MB`)
    assert.ok(delay.max / 1e6 < 2_500, `${Math.round(delay.max / 1e6)} ms`)
  }))

test('what waits for all clients together is bounded: those with the most are dropped, the others go on', () =>
  withCable({ limits: { totalPendingBytes: 3_000_000 } }, async ({ connect, cable }) => {
    const readers = [await connect(), await connect()]
    const silent = await Promise.all(Array.from({ length: 20 }, () => connect()))
    for (const client of [...readers, ...silent]) await client.subscribe('s')
    for (const client of silent) socketOf(client).pause()
    let read = 0
    while (cable.stats().slowConsumers === 0) {
      await cable.broadcastJson('s', { fill: kilobyte.repeat(100) })
      for (const reader of readers) await reader.next()
      read++
    }
    assert.ok(read * 100_000 * silent.length > 3_000_000)
    await cable.broadcastJson('s', { last: true })
    for (const reader of readers) assert.deepEqual((await reader.next()).data, { last: true })
  }))

// Reads 256 KiB at most, then waits for a moment. The moment is what makes the link slow, and nothing waits for it to be over.
function throttle(socket: Socket) {
  let pauses = 0
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  const read = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes < 262_144) return
    bytes = 0
    pauses++
    socket.pause()
    timer = setTimeout(() => socket.resume(), 10)
  }
  socket.on('data', read)
  return {
    get pauses() {
      return pauses
    },
    end() {
      clearTimeout(timer)
      socket.off('data', read).resume()
    },
  }
}
