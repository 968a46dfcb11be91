// What a broadcast costs: one encoding, one frame, one write per socket and turn; and nobody waits for anybody.

import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { withCable } from '../support/with-cable.ts'

describe('fan-out', () => {
  it('encodes a broadcast once, however many subscribers it has', () =>
    withCable({}, async ({ connect, cable }) => {
      const clients = await Promise.all(Array.from({ length: 50 }, () => connect()))
      for (const client of clients) await client.subscribe('s')
      const data = { toJSON: () => ({ hello: 'world' }) }
      const toJSON = mock.method(data, 'toJSON')
      const stringify = mock.method(JSON, 'stringify')
      await cable.broadcastJson('s', data)
      const calls = stringify.mock.callCount()
      stringify.mock.restore()
      assert.equal(toJSON.mock.callCount(), 1)
      assert.ok(calls < 10, `${calls} calls of JSON.stringify`)
      for (const client of clients) assert.deepEqual((await client.next()).data, { hello: 'world' })
    }))

  it('gathers the broadcasts of a turn into one write per socket, in order', () =>
    withCable({}, async ({ connect, cable, server }) => {
      const writes: number[] = []
      server.on('upgrade', (_request, socket) => {
        const write = socket.write.bind(socket)
        mock.method(socket, 'write', (chunk: Buffer) => {
          writes.push(chunk.length)
          return write(chunk)
        })
      })
      const client = await connect()
      await client.subscribe('s')
      writes.length = 0
      await Promise.all(Array.from({ length: 20 }, (_, n) => cable.broadcastJson('s', { n })))
      assert.equal(writes.length, 1)
      for (let n = 0; n < 20; n++) assert.deepEqual((await client.next()).data, { n })
    }))

  it('drops a client that does not read once its bound is full, and delays nobody else', () =>
    withCable({ limits: { pendingBytes: 100_000 } }, async ({ connect, cable }) => {
      const [stuck, reader] = [await connect(), await connect()]
      await stuck.subscribe('s')
      await reader.subscribe('s')
      stuck.ws.pause()
      const data = { text: 'x'.repeat(50_000) }
      let sent = 0
      while (cable.stats().slowConsumers === 0 && sent < 1_000) {
        await cable.broadcastJson('s', data)
        sent++
        assert.equal((await reader.next()).type, 'message')
      }
      assert.equal(cable.stats().slowConsumers, 1)
      assert.equal(cable.stats().subscriptions, 1)
      stuck.ws.resume()
      assert.equal((await stuck.closed).code, 1013)
      const farewell = JSON.parse(stuck.inbox.at(-1) ?? '')
      assert.deepEqual(farewell, { type: 'disconnect', reason: 'slow_consumer', reconnect: true })
    }))
})
