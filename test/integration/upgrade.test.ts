// Whose upgrade is it: ours, another listener's, or nobody's.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import express, { Router } from 'express'
import express4 from 'express4'
import { WebSocketServer } from 'ws'
import { turboCable } from '../../src/index.ts'
import { TestClient } from '../support/client.ts'
import { portOf, whileServing } from '../support/http-server.ts'
import { handshakeHeaders } from '../support/websocket.mjs'

type App = ReturnType<typeof express>

const versions: [string, () => App][] = [
  ['Express 5', express],
  // Express 4 has the same types for what is used here.
  ['Express 4', express4 as unknown as () => App],
]

async function serving(
  app: App,
  run: (context: { server: Server; port: number; url: string }) => Promise<void>,
  server = createServer(app),
) {
  await whileServing(server, (port) => run({ server, port, url: `ws://127.0.0.1:${port}` }))
}

// An app that says what it was asked, body included.
function echoing(app: App): App {
  app.use((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => response.send(`app: ${request.method} ${request.url} ${body}`))
  })
  return app
}

async function withClient(url: string, run: (client: TestClient) => Promise<void>) {
  const client = new TestClient(url)
  try {
    await client.opened()
    await run(client)
  } finally {
    client.ws.terminate()
  }
}

for (const [name, create] of versions) {
  describe(`an upgrade as the very first bytes that a fresh server receives (${name})`, () => {
    const mounts: [string, string, (app: App, cable: ReturnType<typeof turboCable>) => void][] = [
      ['app.use(cable)', '/cable', (app, cable) => app.use(cable)],
      ['app.use("/realtime", cable)', '/realtime/cable', (app, cable) => app.use('/realtime', cable)],
      [
        'a sub-app that is mounted after the cable was',
        '/sub/cable',
        (app, cable) => {
          const sub = create()
          sub.use(cable)
          app.use('/sub', sub)
        },
      ],
    ]
    for (const [how, path, mount] of mounts) {
      it(`is taken with ${how}`, async () => {
        const cable = turboCable()
        const app = create()
        mount(app, cable)
        await serving(app, ({ url }) =>
          withClient(url + path, async (client) => {
            assert.deepEqual(await client.subscribe('s'), { type: 'subscribed', stream: 's' })
            await cable.close({ timeout: 1_000 })
          }),
        )
      })
    }

    it('is taken with app.listen()', async () => {
      const cable = turboCable()
      const app = create()
      app.use(cable)
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      await withClient(`ws://127.0.0.1:${portOf(server)}/cable`, async (client) => {
        assert.deepEqual(await client.subscribe('s'), { type: 'subscribed', stream: 's' })
      })
      await cable.close({ timeout: 1_000 })
      server.close()
    })
  })
}

describe('a cable inside a Router', () => {
  it('takes upgrades from the first request on', async () => {
    const cable = turboCable()
    const app = express()
    const router = Router()
    router.use(cable)
    app.use('/deep', router)
    await serving(echoing(app), async ({ url }) => {
      assert.equal((await fetch(`${url.replace('ws', 'http')}/deep/page`)).status, 200)
      await withClient(`${url}/deep/cable`, async (client) => {
        assert.deepEqual(await client.subscribe('s'), { type: 'subscribed', stream: 's' })
      })
      await cable.close({ timeout: 1_000 })
    })
  })
})

describe('cable.attach(server)', () => {
  it('takes upgrades until its undo is called, and attaching twice is attaching once', async () => {
    const cable = turboCable()
    const server = createServer((_request, response) => response.end('app'))
    const detach = cable.attach(server)
    cable.attach(server)
    assert.equal(server.listenerCount('upgrade'), 1)
    await serving(
      express(),
      async ({ url }) => {
        await withClient(`${url}/cable`, async (client) => {
          assert.equal((await client.subscribe('s')).type, 'subscribed')
        })
        detach()
        assert.equal(server.listenerCount('upgrade'), 0)
        await assert.rejects(new TestClient(`${url}/cable`).opened(), /Unexpected server response: 200/)
        await cable.close({ timeout: 1_000 })
      },
      server,
    )
  })

  it('never touches a server that does not serve the app', async () => {
    const cable = turboCable()
    const app = express()
    app.use(cable)
    const other = createServer((_request, response) => response.end('other'))
    await serving(
      express(),
      async ({ url }) => {
        assert.equal(await (await fetch(url.replace('ws', 'http'))).text(), 'other')
        assert.equal(other.listenerCount('upgrade'), 0)
      },
      other,
    )
    await cable.close({ timeout: 1_000 })
  })
})

describe('beside another upgrade listener', () => {
  for (const order of ['before', 'after']) {
    it(`leaves its path to it when that listens ${order} the cable`, async () => {
      const cable = turboCable()
      const app = express()
      app.use(cable)
      const server = createServer(app)
      const hmr = new WebSocketServer({ noServer: true })
      const listen = () =>
        server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
          if (request.url === '/hmr') hmr.handleUpgrade(request, socket, head, (ws) => ws.send('"hmr"'))
        })
      if (order === 'before') listen()
      cable.attach(server)
      if (order === 'after') listen()
      await serving(
        app,
        async ({ url }) => {
          await withClient(`${url}/hmr`, async (client) => assert.equal(await client.nextText(), '"hmr"'))
          await withClient(`${url}/cable`, async (client) => {
            assert.equal((await client.subscribe('s')).type, 'subscribed')
          })
        },
        server,
      )
      for (const ws of hmr.clients) ws.terminate()
      await cable.close({ timeout: 1_000 })
    })
  }

  it('lets it take its time over an upgrade, and answers one that it never takes', async () => {
    const cable = turboCable()
    const app = express()
    app.use(cable)
    const server = createServer(echoing(app))
    const slow = new WebSocketServer({ noServer: true })
    server.on('upgrade', async (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (request.url !== '/slow') return
      await new Promise((resolve) => setTimeout(resolve, 300))
      slow.handleUpgrade(request, socket, head, (ws) => ws.send('"slow"'))
    })
    await serving(
      app,
      async ({ url, port }) => {
        await withClient(`${url}/slow`, async (client) => assert.equal(await client.nextText(), '"slow"'))
        assert.match(
          await raw(port, upgrade('GET', '/nobody', 'websocket')),
          /^HTTP\/1\.1 200 OK[\s\S]*app: GET \/nobody/,
        )
        const post = upgrade('POST', '/nobody', 'h2c', ['Content-Length: 5'])
        assert.match(await raw(port, `${post}hello`), /^HTTP\/1\.1 200 OK[\s\S]*app: POST \/nobody hello/)
      },
      server,
    )
    for (const ws of slow.clients) ws.terminate()
    await cable.close({ timeout: 1_000 })
  })
})

describe('an upgrade that nobody takes', () => {
  const cases: [string, string, RegExp][] = [
    [
      'a WebSocket to an unknown path',
      upgrade('GET', '/cablecar', 'websocket'),
      /^HTTP\/1\.1 200 OK[\s\S]*app: GET \/cablecar /,
    ],
    ['h2c to the path of the cable', upgrade('GET', '/cable', 'h2c'), /^HTTP\/1\.1 200 OK[\s\S]*app: GET \/cable /],
    [
      'h2c with a body, as Java sends it',
      `${upgrade('POST', '/api?x=1', 'h2c', ['HTTP2-Settings: AAEAAEAAAAIAAAAB', 'Content-Length: 11'])}hello world`,
      /^HTTP\/1\.1 200 OK[\s\S]*app: POST \/api\?x=1 hello world$/,
    ],
    [
      'h2c with a chunked body',
      `${upgrade('POST', '/api', 'h2c', ['Transfer-Encoding: chunked'])}5\r\nhello\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 200 OK[\s\S]*app: POST \/api hello$/,
    ],
  ]
  for (const [what, bytes, answer] of cases) {
    it(`is answered by the app: ${what}`, async () => {
      const cable = turboCable()
      const app = express()
      app.use(cable)
      await serving(echoing(app), async ({ server, port }) => {
        assert.match(await raw(port, bytes), answer)
        await cable.close({ timeout: 1_000 })
        assert.equal(server.listenerCount('upgrade'), 0)
      })
    })
  }

  it('reaches POST /_broadcast like any other', async () => {
    const cable = turboCable()
    const app = express()
    app.use(cable)
    await serving(echoing(app), async ({ port }) => {
      const body = '{"stream":"s","data":1}'
      const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`]
      assert.match(
        await raw(port, upgrade('POST', '/_broadcast', 'h2c', headers) + body),
        /^HTTP\/1\.1 200 OK[\s\S]*OK$/,
      )
      await cable.close({ timeout: 1_000 })
    })
  })
})

function upgrade(method: string, path: string, protocol: string, headers: string[] = []): string {
  const { Connection: _connection, Upgrade: _upgrade, ...key } = handshakeHeaders
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade, HTTP2-Settings',
    `Upgrade: ${protocol}`,
    ...(protocol === 'websocket' ? Object.entries(key).map(([name, value]) => `${name}: ${value}`) : []),
    ...headers,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

// Sends bytes and returns the whole answer, by its Content-Length.
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.on('data', (chunk) => {
      answer += chunk
      const [head = '', body] = answer.split('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
      if (body !== undefined && body.length >= length) socket.destroy()
    })
    socket.write(bytes)
  })
}
