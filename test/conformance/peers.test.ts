// Works, unchanged, against the gem's and Navigator's servers; and their client works, unchanged, against ours.

import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { describe, it, mock } from 'node:test'
import { WebSocket } from 'ws'
import { type Connection, createConnection } from '../../client/connection.ts'
import type { Listener } from '../../client/subscriptions.ts'
import { httpPublisher } from '../../src/publisher/http.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Context, withCable } from '../support/with-cable.ts'
import { GemClient } from './peers/gem-client.ts'
import { GemServer } from './peers/gem-server.ts'
import { NavigatorServer } from './peers/navigator-server.ts'

const html = (n: number) => `<turbo-stream action="update" target="count"><template>${n}</template></turbo-stream>`
const turn = () => new Promise(setImmediate)

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

interface Heard extends Listener {
  readonly got: unknown[]
}

function listener(cursor: string | null): Heard {
  const got: unknown[] = []
  return { cursor, waiting: true, got, deliver: ({ data }) => got.push(data), notify: () => {} }
}

for (const [name, Server] of Object.entries({ "the gem's": GemServer, "Navigator's": NavigatorServer })) {
  const withServer = async (
    run: (context: {
      server: GemServer | NavigatorServer
      connection: Connection
      clock: FakeClock
      gaps: string[]
    }) => Promise<void>,
  ) => {
    const server = await new Server().start()
    const clock = new FakeClock()
    const gaps: string[] = []
    const connection = createConnection(`ws://127.0.0.1:${server.port}/cable`, {
      WebSocket,
      clock,
      random: () => 0.5,
      id: 'page-1',
      gap: (stream) => gaps.push(stream),
    })
    try {
      await run({ server, connection, clock, gaps })
      assert.deepEqual(server.strange, [], 'it was sent something that it does not know')
      assert.deepEqual(gaps, [], 'who keeps no positions has no gaps')
    } finally {
      connection.suspend()
      await server.stop()
    }
  }

  describe(`this client against ${name} server`, () => {
    it('subscribes and gets HTML and JSON, each message once, whatever cursor its page has', () =>
      withServer(async ({ server, connection }) => {
        const listeners = [listener('e:41'), listener(null), listener('f:2')]
        for (const each of listeners) connection.subscribe('s', each)
        await until(() => listeners.every(({ connected }) => connected))
        const late = listener('e:41')
        connection.subscribe('s', late)
        assert.equal(late.connected, true)
        for (const data of [html(1), { n: 2 }, null, html(3)]) server.broadcast('s', data)
        await until(() => late.got.length >= 4)
        for (const { got } of [...listeners, late]) assert.deepEqual(got, [html(1), { n: 2 }, null, html(3)])
        // Asking again would be delivering twice there.
        assert.equal(server.received.filter((text) => text.includes('"subscribe"')).length, 1)
      }))

    it('comes back after the server was cut off, with all its streams', () =>
      withServer(async ({ server, connection, clock }) => {
        const [a, b] = [listener('e:1'), listener(null)]
        connection.subscribe('a', a)
        connection.subscribe('b', b)
        await until(() => !!(a.connected && b.connected))
        server.cut()
        await until(() => !a.connected)
        while (!a.connected || !b.connected) {
          clock.advance(100)
          await turn()
        }
        server.broadcast('a', { n: 1 })
        server.broadcast('b', { n: 2 })
        await until(() => b.got.length > 0)
        assert.deepEqual([a.got, b.got], [[{ n: 1 }], [{ n: 2 }]])
      }))

    it('leaves a stream that nobody listens to any more', () =>
      withServer(async ({ server, connection, clock }) => {
        const [a, b] = [listener(null), listener(null)]
        const release = connection.subscribe('a', a)
        connection.subscribe('b', b)
        await until(() => !!(a.connected && b.connected))
        release()
        clock.advance(1_000)
        await until(() => server.received.some((text) => text.includes('"unsubscribe"')))
        server.broadcast('a', { n: 1 })
        server.broadcast('b', { n: 2 })
        await until(() => b.got.length > 0)
        assert.deepEqual(a.got, [])
      }))

    it('doubts a quiet socket without asking for what is subscribed already', () =>
      withServer(async ({ server, connection, clock }) => {
        const heard = listener('e:41')
        connection.subscribe('s', heard)
        await until(() => !!heard.connected)
        clock.advance(20_000)
        connection.wake()
        clock.advance(20_000)
        server.broadcast('s', { n: 1 })
        await until(() => heard.got.length > 0)
        assert.deepEqual(heard.got, [{ n: 1 }])
        assert.equal(server.received.length, 1)
      }))
  })

  describe(`this publisher against ${name} server`, () => {
    it('is understood', () =>
      withServer(async ({ server, connection }) => {
        const heard = listener(null)
        connection.subscribe('s', heard)
        await until(() => !!heard.connected)
        const publisher = httpPublisher({ url: `http://127.0.0.1:${server.port}/_broadcast` })
        await publisher.publish([{ stream: 's', data: html(1) }])
        await publisher.publish([{ stream: 's', data: { n: [null, 'é'] } }])
        await until(() => heard.got.length > 1)
        assert.deepEqual(heard.got, [html(1), { n: [null, 'é'] }])
      }))
  })
}

describe("this client against Navigator's server", () => {
  it('answers pings, so that it is not taken for dead', async () => {
    const server = await new NavigatorServer().start()
    const connection = createConnection(`ws://127.0.0.1:${server.port}/cable`, { WebSocket })
    try {
      const heard = listener('e:1')
      connection.subscribe('s', heard)
      await until(() => !!heard.connected)
      server.ping()
      await until(() => server.received.length > 1)
      assert.equal(server.received.at(-1), '{"type":"pong"}')
      assert.equal(heard.cursor, 'e:1')
    } finally {
      connection.suspend()
      await server.stop()
    }
  })
})

describe("the gem's client against this server", () => {
  const withClient = (
    streams: string[],
    run: (context: Context & { client: GemClient; clock: FakeClock }) => Promise<void>,
    options: Parameters<typeof withCable>[0] = {},
  ) =>
    withCable(options, async (context) => {
      const clock = new FakeClock()
      const client = new GemClient(`ws://127.0.0.1:${context.port}/cable`, streams, clock)
      try {
        await until(() => client.subscribed.length === streams.length)
        await run({ ...context, client, clock })
      } finally {
        client.disconnect()
      }
    })

  it('gets HTML and JSON, and nothing that it does not know', () =>
    withClient(['a', 'b'], async ({ cable, client }) => {
      await cable.broadcastUpdateTo('a', { target: 'count', html: '1' })
      await cable.broadcastJson('b', { progress: 60 })
      await cable.broadcastJson('elsewhere', { progress: 70 })
      await until(() => client.shown.length >= 2)
      assert.deepEqual(client.shown, [html(1), { stream: 'b', data: { progress: 60 } }])
      for (const text of client.received) {
        const { type, ...rest } = JSON.parse(text)
        const fields = { subscribed: 'stream', message: 'stream,data' }[type as 'subscribed' | 'message']
        assert.equal(Object.keys(rest).join(), fields, text)
      }
    }))

  it('is pinged in its own words and kept for as long as it answers', async () => {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      await withClient(
        ['a'],
        async ({ cable, client }) => {
          for (let pings = 1; pings <= 4; pings++) {
            mock.timers.tick(30_000)
            const pinged = () => client.received.filter((text) => text === '{"type":"ping"}').length
            await until(() => pinged() === pings)
            // Its pong has been read once this has come back.
            await cable.broadcastJson('a', { pings })
            await until(() => client.shown.length === pings)
            await turn()
          }
          assert.equal(client.connected, true)
          assert.equal(cable.stats().silentConnections, 0)
        },
        { heartbeat: { interval: 30_000, timeout: 60_000 } },
      )
    } finally {
      mock.timers.reset()
    }
  })

  it('takes a goodbye for a lost connection, and comes back', () =>
    withClient(['a'], async ({ cable, client, clock }) => {
      cable.disconnect(() => true)
      await until(() => !!(!client.connected && client.subscribed.length === 0))
      clock.advance(3_000)
      await until(() => client.subscribed.length === 1)
      await cable.broadcastUpdateTo('a', { target: 'count', html: '2' })
      await until(() => client.shown.length === 1)
      assert.deepEqual(client.shown, [html(2)])
    }))

  it('subscribes by the tokens that a page has in place of names', async () => {
    const secret = 's3Krit'
    const token = 'ImNoYXQ6MjAyMSI=--f9ee45dbccb1da04d8ceb99cc820207804370ba0d06b46fc3b8b373af1315628'
    await withClient(
      [token],
      async ({ cable, client }) => {
        await cable.broadcastUpdateTo('chat:2021', { target: 'count', html: '1' })
        await until(() => client.shown.length === 1)
        assert.deepEqual(client.shown, [html(1)])
      },
      { secret },
    )
  })

  it("is broadcast to by the gem's own sender, which is Ruby's Net::HTTP", () =>
    withClient(['a'], async ({ client, port }) => {
      const body = JSON.stringify({ stream: 'a', data: html(1), type: 'message' })
      const headers = {
        'accept-encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
        accept: '*/*',
        'user-agent': 'Ruby',
        'content-type': 'application/json',
        host: `localhost:${port}`,
        connection: 'close',
        'content-length': Buffer.byteLength(body),
      }
      const status = await new Promise((resolve, reject) => {
        const request = httpRequest({ host: '127.0.0.1', port, path: '/_broadcast', method: 'POST', headers })
        request.on('response', (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        request.on('error', reject).end(body)
      })
      assert.equal(status, 200)
      await until(() => client.shown.length === 1)
      assert.deepEqual(client.shown, [html(1)])
    }))
})
