// A network that swallows everything both ways and tells nobody: both ends have to find out by themselves.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { Clock } from '../../../client/clock.ts'
import { createConnection } from '../../../client/connection.ts'
import type { Message } from '../../../client/protocol.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { withCable } from '../../support/with-cable.ts'

// The stock settings, a hundred times as fast: pings every 30 s, dead after 60 s here and after 75 s in the client.
const factor = 100
const heartbeat = { interval: 30_000 / factor, timeout: 60_000 / factor }
const fastClock: Clock = {
  Date: { now: () => performance.now() * factor },
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds / factor),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

test('a black-holed socket is dropped within the timeout, and its page resumes without loss', { timeout: 60_000 }, () =>
  withCable({ heartbeat }, async ({ cable, port }) => {
    const network = await TcpProxy.to(port)
    const sockets: WebSocket[] = []
    const gaps: string[] = []
    const got: unknown[] = []
    let arrived = () => {}
    const count = async (length: number) => {
      while (got.length < length)
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
    }
    const changes: string[] = []
    const connection = createConnection(`ws://127.0.0.1:${network.port}/cable`, {
      clock: fastClock,
      WebSocket: class extends WebSocket {
        constructor(url: string) {
          super(url)
          sockets.push(this)
        }
      },
      gap: (stream) => gaps.push(stream),
    })
    try {
      await new Promise<void>((resolve) => {
        connection.subscribe('a', {
          cursor: null,
          waiting: true,
          deliver({ data }: Message) {
            got.push(data)
            arrived()
          },
          notify(change) {
            changes.push(change)
            if (change === 'connected') resolve()
          },
        })
      })
      await cable.broadcastJson('a', 1)
      await count(1)

      const start = performance.now()
      const given = network.swallow()
      await cable.broadcastJson('a', 2)
      await cable.broadcastJson('a', 3)
      await given
      const took = performance.now() - start
      assert.equal(cable.stats().silentConnections, 1)
      assert.ok(took < heartbeat.timeout + 400, `dropped after ${took} ms`)

      await cable.broadcastJson('a', 4)
      await count(4)
      await cable.broadcastJson('a', 5)
      await count(5)
      assert.deepEqual(got, [1, 2, 3, 4, 5])
      assert.deepEqual(gaps, [])
      assert.deepEqual(changes, ['connected', 'disconnected', 'connected'])
      assert.equal(cable.stats().connections, 1)
    } finally {
      connection.suspend()
      for (const socket of sockets) socket.terminate()
      await network.close()
    }
  }),
)
