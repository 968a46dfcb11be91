// What is Koa's own: its preset 404, its state and views, its body parsers, its mounts.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import koaEjs from '@koa/ejs'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import mount from 'koa-mount'
import { type Cable, turboCable } from '../../../src/host/koa.ts'
import { type Context, type Served, withServed } from '../../support/with-cable.ts'

const root = fileURLToPath(new URL('views', import.meta.url))

function serving(
  setUp: (app: Koa, cable: Cable) => void,
  run: (context: Context<Served & { cable: Cable }>) => Promise<void>,
  path = '',
): Promise<void> {
  return withServed({}, run, async (options) => {
    const cable = turboCable(options)
    const app = new Koa()
    setUp(app, cable)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { cable, server, port, origin: `http://127.0.0.1:${port}`, mount: path }
  })
}

const views = (app: Koa, viewExt = 'ejs') => koaEjs(app, { root, viewExt, layout: 'layout' })

describe('Koa: views', () => {
  it('have the helpers, in the layout too', () =>
    serving(
      (app, cable) => {
        views(app)
        app.use(cable)
        app.use((context) => context.render('page'))
      },
      async ({ origin }) => {
        assert.match(await (await fetch(origin)).text(), /^<html><main><div hidden .*data-cursor="[^"]+:0".*<\/html>$/)
      },
    ))

  it('render the partials of broadcasts without the layout, once a request has come', () =>
    serving(
      (app, cable) => {
        views(app)
        app.use(cable)
      },
      async ({ cable, connect, origin }) => {
        const partial = (name: string) =>
          cable.broadcastAppendTo('list', { target: 'items', partial: name, locals: { id: 'i1', text: '<1>' } })
        assert.throws(() => partial('item'), { code: 'TURBO_CABLE_NO_RENDERER' })
        assert.equal((await fetch(origin)).status, 404)
        const client = await connect()
        await client.subscribe('list')
        await partial('item')
        assert.match(String((await client.next()).data), /<template><li id="i1">&lt;1&gt;<\/li><\/template>/)
        await partial('plain')
        assert.match(String((await client.next()).data), /<template><b>&lt;1&gt;<\/b><\/template>/)
        await assert.rejects(partial('nowhere'), { code: 'TURBO_CABLE_PARTIAL_MISSING' })
        await assert.rejects(partial('incomplete'), { code: 'TURBO_CABLE_RENDER_FAILED', message: /gone/ })
      },
    ))
})

describe('Koa: POST /_broadcast', () => {
  for (const order of ['before', 'after']) {
    it(`takes one, takes a batch, refuses what is wrong, with a body parser ${order} the cable`, () =>
      serving(
        (app, cable) => {
          if (order === 'before') app.use(bodyParser())
          app.use(cable)
          if (order === 'after') app.use(bodyParser())
        },
        async ({ connect, broadcast, origin }) => {
          await fetch(origin)
          const client = await connect()
          await client.subscribe('s')
          assert.equal((await broadcast({ stream: 's', data: '<p>' })).status, 200)
          assert.equal((await broadcast([{ stream: 's', data: { a: 1 } }])).status, 200)
          assert.equal((await broadcast({ data: 1 })).status, 400)
          assert.deepEqual(
            (await client.drain()).map(({ data }) => data),
            ['<p>', { a: 1 }],
          )
        },
      ))
  }

  it('is not spoilt by middleware that sets headers afterwards', () =>
    serving(
      (app, cable) => {
        app.use(async (context, next) => {
          await next()
          context.set('X-Response-Time', '1')
          context.state.seen = true
        })
        app.use(cable)
      },
      async ({ broadcast }) => {
        const response = await broadcast({ stream: 's', data: 1 })
        assert.equal(`${response.status} ${await response.text()}`, '200 OK')
      },
    ))
})

describe('Koa: below a path of koa-mount', () => {
  it('the socket, the broadcasts and the scripts are there, and pages say so', () =>
    serving(
      (app, cable) => {
        app.use(mount('/realtime', cable))
        app.use((context) => {
          context.body = cable.turboCableTags()
        })
      },
      async ({ origin, connect, broadcast }) => {
        assert.equal((await fetch(`${origin}/realtime?first`)).status, 200)
        const tags = await (await fetch(origin)).text()
        assert.match(tags, /content="\/realtime\/cable"/)
        assert.equal((await fetch(`${origin}/realtime/cable/start.js`)).status, 200)
        const client = await connect()
        await client.subscribe('s')
        assert.equal((await broadcast({ stream: 's', data: 1 })).status, 200)
        assert.equal((await client.next()).data, 1)
      },
      '/realtime',
    ))
})
