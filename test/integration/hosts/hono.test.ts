// What is Hono's own: a response that was sent already, a body that was read before, a WebSocket server of its own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { serve, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import { logger } from 'hono/logger'
import { secureHeaders } from 'hono/secure-headers'
import { WebSocketServer } from 'ws'
import { type Cable, turboCable } from '../../../src/host/hono.ts'
import { TestClient } from '../../support/client.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, type Served, withServed } from '../../support/with-cable.ts'

function serving(
  setUp: (app: Hono, cable: Cable) => void,
  run: (context: Context<Served & { cable: Cable; server: Server }>) => Promise<void>,
  options: object = {},
): Promise<void> {
  return withServed({}, run, async (given) => {
    const cable = turboCable({ ...given, render: (partial, { text }) => `<i>${partial} ${text}</i>` })
    const app = new Hono()
    setUp(app, cable)
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', ...options }) as Server
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { cable, server, port, origin: `http://127.0.0.1:${port}` }
  })
}

describe('Hono: POST /_broadcast', () => {
  const before: Record<string, (app: Hono) => void> = {
    'that read the body as JSON': (app) =>
      app.use(async (c, next) => {
        if (c.req.method === 'POST') await c.req.json().catch(() => undefined)
        await next()
      }),
    'that read the body as text': (app) =>
      app.use(async (c, next) => {
        await c.req.text()
        await next()
      }),
    'that sets headers before and after': (app) =>
      app.use(secureHeaders(), async (c, next) => {
        c.header('X-Before', '1')
        await next()
        c.header('X-After', '1')
      }),
    'that writes a log': (app) => app.use(logger(() => {})),
  }
  // The server's own Response becomes the global one, and stays that.
  for (const override of [false, true]) {
    for (const [what, use] of Object.entries(before)) {
      it(`takes and refuses after middleware ${what}${override ? '' : ", without the server's own Response"}`, () =>
        serving(
          (app, cable) => {
            use(app)
            app.use(cable)
          },
          async ({ broadcast, origin, connect }) => {
            await fetch(origin)
            const client = await connect()
            await client.subscribe('s')
            const taken = await broadcast({ stream: 's', data: '<p>' })
            assert.equal(`${taken.status} ${await taken.text()}`, '200 OK')
            const refused = await broadcast({ data: 1 })
            assert.equal(`${refused.status} ${await refused.text()}`, '400 Stream required')
            assert.equal((await client.next()).data, '<p>')
            const script = await fetch(`${origin}/cable/start.js`)
            assert.equal(script.status, 200)
            assert.match(await script.text(), /turbo/)
          },
          { overrideGlobalObjects: override },
        ))
    }
  }
})

describe('Hono', () => {
  it('says so, once, where it is not on Node', async (t) => {
    const lines = warnings(t)
    const cable = turboCable()
    const app = new Hono()
    app.use(cable)
    app.get('/', (c) => c.text(c.var.turbo.turboStreamFrom('s')))
    for (let times = 0; times < 2; times++) {
      assert.match(await (await app.request('/')).text(), /data-streams="s"/)
    }
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /@hono\/node-server/)
    await cable.close()
  })

  it('renders the partials of broadcasts with the option `render`', () =>
    serving(
      (app, cable) => void app.use(cable),
      async ({ cable, connect, origin }) => {
        await fetch(origin)
        const client = await connect()
        await client.subscribe('s')
        await cable.broadcastUpdateTo('s', { target: 'x', partial: 'item', locals: { text: 1 } })
        assert.match(String((await client.next()).data), /<template><i>item 1<\/i><\/template>/)
      },
    ))

  it("leaves a WebSocket of Hono's own alone, and takes its own beside it once attached", () =>
    serving(
      (app, cable) => {
        app.use(cable)
        app.get(
          '/own',
          upgradeWebSocket(() => ({ onOpen: (_event, ws) => ws.send('own') })),
        )
      },
      async ({ cable, server, port, connect }) => {
        cable.attach(server)
        const own = await new TestClient(`ws://127.0.0.1:${port}/own`).opened()
        assert.equal(await own.nextText(), 'own')
        await own.close()
        const client = await connect()
        assert.equal((await client.subscribe('s')).type, 'subscribed')
      },
      { websocket: { server: new WebSocketServer({ noServer: true }) } },
    ))
})
