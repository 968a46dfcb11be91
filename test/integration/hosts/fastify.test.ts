// What is Fastify's own: its views, its body parsers, its several servers for one name, its end.

import assert from 'node:assert/strict'
import dns from 'node:dns'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fastifyView } from '@fastify/view'
import ejs from 'ejs'
import Fastify, { type FastifyInstance } from 'fastify'
import hbs from 'hbs'
import pug from 'pug'
import { turboCable } from '../../../src/host/fastify.ts'
import { TestClient } from '../../support/client.ts'

const root = fileURLToPath(new URL('views', import.meta.url))

// Fastify as the test sets it up, on a port of its own.
async function serving(
  setUp: (fastify: FastifyInstance) => void,
  run: (context: { fastify: FastifyInstance; origin: string; port: number }) => Promise<void>,
  host = '127.0.0.1',
): Promise<void> {
  const fastify = Fastify({ forceCloseConnections: true })
  setUp(fastify)
  await fastify.listen({ port: 0, host })
  const { port } = fastify.server.address() as AddressInfo
  try {
    await run({ fastify, port, origin: `http://${host}:${port}` })
  } finally {
    await fastify.close()
  }
}

async function withClient(url: string, run: (client: TestClient) => Promise<void>): Promise<void> {
  const client = await new TestClient(url).opened()
  try {
    await run(client)
  } finally {
    client.ws.terminate()
  }
}

const send = (origin: string, body: unknown) =>
  fetch(`${origin}/_broadcast`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('Fastify: views', () => {
  for (const order of ['before', 'after']) {
    it(`have the helpers with @fastify/view registered ${order} the cable`, () =>
      serving(
        (fastify) => {
          if (order === 'before') fastify.register(fastifyView, { engine: { ejs }, root, viewExt: 'ejs' })
          fastify.register(turboCable)
          if (order === 'after') fastify.register(fastifyView, { engine: { ejs }, root, viewExt: 'ejs' })
          fastify.get('/', (_request, reply) => reply.view('page'))
        },
        async ({ origin }) => {
          assert.match(
            await (await fetch(origin)).text(),
            /^<main><div hidden .*data-streams="list".*data-cursor="[^"]+:0"/,
          )
        },
      ))
  }

  for (const [viewExt, engine] of Object.entries({ ejs: { ejs }, pug: { pug }, hbs: { handlebars: hbs.handlebars } })) {
    it(`render the partials of broadcasts, .${viewExt}`, () =>
      serving(
        (fastify) => {
          fastify.register(turboCable)
          fastify.register(fastifyView, { engine, root, viewExt })
        },
        ({ fastify, port }) =>
          withClient(`ws://127.0.0.1:${port}/cable`, async (client) => {
            await client.subscribe('list')
            const locals = { id: 'i1', text: '<1>' }
            await fastify.turboCable.broadcastAppendTo('list', { target: 'items', partial: 'item', locals })
            const { data } = await client.next()
            assert.match(String(data), /<template><li id="i1">&lt;1&gt;<\/li><\/template>/)
          }),
      ))
  }

  const layouts = { ejs: [{ ejs }, 'layout'], hbs: [{ handlebars: hbs.handlebars }, 'frame'] } as const
  for (const [viewExt, [engine, layout]] of Object.entries(layouts))
    it(`have the layout that they were registered with, and the partials of broadcasts have not, .${viewExt}`, () =>
      serving(
        (fastify) => {
          fastify.register(turboCable)
          fastify.register(fastifyView, { engine, root, viewExt, layout })
          fastify.get('/', (_request, reply) => reply.view('_item', { id: 'i0', text: 'page' }))
        },
        ({ fastify, origin, port }) =>
          withClient(`ws://127.0.0.1:${port}/cable`, async (client) => {
            assert.equal(await (await fetch(origin)).text(), '<html><li id="i0">page</li></html>')
            await client.subscribe('list')
            for (const text of ['<1>', '</html>', '']) {
              const options = { target: 'items', partial: 'item', locals: { id: 'i1', text } }
              await fastify.turboCable.broadcastAppendTo('list', options)
              const escaped = text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
              assert.match(
                String((await client.next()).data),
                new RegExp(`<template><li id="i1">${escaped}</li></template>`),
              )
            }
          }),
      ))

  it('with a layout that is another each time say that it cannot be left out', () =>
    serving(
      (fastify) => {
        fastify.register(turboCable)
        let count = 0
        const defaultContext = { id: 'i', text: 't', count: () => count++ }
        fastify.register(fastifyView, { engine: { ejs }, root, viewExt: 'ejs', layout: 'counting', defaultContext })
      },
      async ({ fastify }) => {
        const broadcast = fastify.turboCable.broadcastAppendTo('list', { target: 'items', partial: 'item' })
        await assert.rejects(broadcast, { code: 'TURBO_CABLE_RENDER_FAILED', message: /cannot be left out/ })
      },
    ))

  it('give partials the helpers that need no request', () =>
    serving(
      (fastify) => {
        fastify.register(turboCable)
        fastify.register(fastifyView, { engine: { ejs }, root, viewExt: 'ejs' })
      },
      async ({ fastify: { turboCable: cable } }) => {
        class Message {
          id = 1
        }
        const options = { target: 'items', partial: 'record', locals: { record: new Message() } }
        assert.equal(await cable.broadcastAppendTo('list', options), true)
      },
    ))

  it('say what is wrong with a partial: missing, broken, or missing another', () =>
    serving(
      (fastify) => {
        fastify.register(turboCable)
        fastify.register(fastifyView, { engine: { ejs }, root, viewExt: 'ejs' })
      },
      async ({ fastify: { turboCable: cable } }) => {
        const partial = (name: string) => cable.broadcastAppendTo('list', { target: 'items', partial: name })
        await assert.rejects(partial('nowhere/item'), {
          code: 'TURBO_CABLE_PARTIAL_MISSING',
          message: /nowhere\/_item/,
        })
        await assert.rejects(partial('broken'), {
          code: 'TURBO_CABLE_RENDER_FAILED',
          message: /nothing is not defined/,
        })
        await assert.rejects(partial('incomplete'), { code: 'TURBO_CABLE_RENDER_FAILED', message: /gone/ })
        assert.equal(
          await cable.broadcastAppendTo('list', { target: 'items', partial: 'plain', locals: { text: 1 } }),
          true,
        )
      },
    ))
})

describe('Fastify: requests', () => {
  it('reach POST /_broadcast before any content-type parser', () =>
    serving(
      (fastify) => {
        fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _body, done) =>
          done(new Error('this parser was asked')),
        )
        fastify.register(turboCable)
        fastify.post('/_broadcast', () => 'the app')
      },
      async ({ origin }) => {
        const response = await send(origin, { stream: 's', data: 1 })
        assert.equal(`${response.status} ${await response.text()}`, '200 OK')
      },
    ))

  it('to either address of localhost connect to the same cable, once each', (t) => {
    // Fastify makes a server for each address, and passes the upgrades of the second on to the first.
    const both = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
    t.mock.method(dns, 'lookup', (name: string, ...rest: unknown[]) => {
      const done = rest.at(-1) as (error: null, ...found: unknown[]) => void
      if (rest.length > 1) done(null, both)
      else done(null, name.replace('localhost', '127.0.0.1'), 4)
    })
    return serving(
      (fastify) => void fastify.register(turboCable),
      async ({ fastify, port }) => {
        t.mock.restoreAll()
        // Newer Nodes look names up elsewhere: there Fastify is left with the one address, and the suite covers that.
        if (process.versions.node.startsWith('20.')) assert.equal(fastify.addresses().length, 2)
        for (const found of fastify.addresses()) {
          const bare = typeof found === 'string' ? found : found.address
          const address = bare.includes(':') ? `[${bare}]` : bare
          const origin = `http://${address}:${port}`
          await (await fetch(origin)).text()
          await withClient(`ws://${address}:${port}/cable`, async (client) => {
            await client.subscribe('s')
            assert.equal((await send(origin, { stream: 's', data: address })).status, 200)
            assert.equal((await client.next()).data, address)
          })
        }
      },
      'localhost',
    )
  })
})

describe('Fastify: close()', () => {
  it('tells pages to come back, and settles', () =>
    serving(
      (fastify) => void fastify.register(turboCable),
      ({ fastify, port }) =>
        withClient(`ws://127.0.0.1:${port}/cable`, async (client) => {
          await client.subscribe('s')
          const closed = fastify.close()
          assert.equal((await client.next()).reason, 'server_restart')
          assert.equal((await client.closed).code, 1012)
          await closed
        }),
    ))

  it('refuses an option that there is not, when the plugin is loaded', async () => {
    const fastify = Fastify()
    fastify.register(turboCable, { heartbeet: {} } as object)
    await assert.rejects(async () => await fastify.ready(), { code: 'TURBO_CABLE_BAD_OPTION' })
  })
})
