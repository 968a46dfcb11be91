// A network that swallows everything both ways and tells nobody: both ends have to find out by themselves.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { Clock } from '../../../client/clock.ts'
import { Connection } from '../../../client/connection.ts'
import type { Message } from '../../../client/protocol.ts'
import { withCable } from '../../support/with-cable.ts'

// The stock settings, a hundred times as fast: pings every 30 s, dead after 60 s here and after 75 s in the client.
const factor = 100
const heartbeat = { interval: 30_000 / factor, timeout: 60_000 / factor }
const fastClock: Clock = {
  now: () => performance.now() * factor,
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds / factor),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** Forwards until told to swallow what it has; new connections are forwarded again. */
class BlackHole {
  readonly #server = createServer((near) => this.#join(near))
  readonly #target: number
  readonly #pairs = new Set<{ near: Socket; far: Socket }>()
  readonly #swallowed = new Set<Socket>()

  constructor(target: number) {
    this.#target = target
  }

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Resolves when the server has given up the connection that this swallows. */
  async swallow(): Promise<void> {
    const pairs = [...this.#pairs]
    for (const { near, far } of pairs) {
      this.#swallowed.add(near).add(far)
      near.unpipe(far)
      far.unpipe(near)
      near.resume()
      far.resume()
    }
    await Promise.all(pairs.map(({ far }) => once(far, 'end')))
  }

  async stop(): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy()
      far.destroy()
    }
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1')
    this.#pairs.add({ near, far })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.pipe(other)
      one.on('error', () => {})
      one.on('close', () => this.#swallowed.has(one) || other.destroy())
    }
  }
}

test('a black-holed socket is dropped within the timeout, and its page resumes without loss', { timeout: 60_000 }, () =>
  withCable({ heartbeat }, async ({ cable, port }) => {
    const hole = new BlackHole(port)
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
    const entrance = await hole.start()
    const connection = new Connection(`ws://127.0.0.1:${entrance}/cable`, {
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
      const given = hole.swallow()
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
      await hole.stop()
    }
  }),
)
