// A refresh knows the request that caused it, in every host and past everything that a handler waits for, until it is answered.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { CableCore } from '../../src/core.ts'
import { turboCable as fastifyCable } from '../../src/host/fastify.ts'
import { turboCable as honoCable } from '../../src/host/hono.ts'
import { turboCable as koaCable } from '../../src/host/koa.ts'
import { broadcastRefreshTo, currentRequestId, turboCable } from '../../src/index.ts'
import { TestClient } from '../support/client.ts'

interface Running {
  readonly cable: Pick<CableCore, 'close'>
  readonly server: unknown
}

/** Work in the background that the handlers have begun: which request it works for when `answered` has resolved. */
let late: Promise<string | undefined>[] = []
let answered: Promise<unknown> = Promise.resolve()

/** The handler of every app: reads what was posted, waits, and refreshes by the free verb. */
async function handle(body: unknown): Promise<string> {
  late.push(answered.then(() => currentRequestId()))
  await pause(1)
  await broadcastRefreshTo('todos')
  return `${JSON.stringify(body)} ${currentRequestId() ?? 'none'}`
}

const apps: Record<string, () => Promise<Running>> = {
  async Express() {
    const cable = turboCable()
    const app = express().use(cable)
    app.post('/todos', express.json(), async (request, response) => void response.send(await handle(request.body)))
    return { cable, server: createServer(app).listen(0, '127.0.0.1') }
  },
  async Fastify() {
    const app = Fastify({ forceCloseConnections: true })
    app.register(fastifyCable)
    app.post('/todos', (request) => handle(request.body))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { cable: app.turboCable, server: app.server }
  },
  async Koa() {
    const cable = koaCable()
    const app = new Koa().use(cable).use(bodyParser())
    app.use(async (context) => {
      context.body = await handle((context.request as { body?: unknown }).body)
    })
    return { cable, server: app.listen(0, '127.0.0.1') }
  },
  async Hono() {
    const cable = honoCable()
    const app = new Hono().use(cable)
    app.post('/todos', async (c) => c.text(await handle(await c.req.json())))
    return { cable, server: serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) }
  },
}

for (const [name, start] of Object.entries(apps)) {
  test(`${name}: a refresh carries the id of its request until that is answered, and no request has the id of another`, async () => {
    const { cable, server: started } = await start()
    let allAnswered = () => {}
    late = []
    answered = new Promise<void>((resolve) => {
      allAnswered = resolve
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const server = started as ReturnType<typeof createServer>
    try {
      if (!server.listening) await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const post = async (n: number, id?: string) => {
        const headers = { 'Content-Type': 'application/json', ...(id !== undefined && { 'X-Turbo-Request-Id': id }) }
        const asked = request({ port, path: '/todos', host: '127.0.0.1', method: 'POST', headers, agent })
        const coming = once(asked, 'response')
        // Its second half comes when the app is waiting for it, from a callback of the socket that knows of no request.
        asked.write(`{"n":${n},`)
        await pause(20)
        asked.end('"more":1}')
        const [response] = (await coming) as [IncomingMessage]
        let text = ''
        for await (const chunk of response) text += chunk
        return text.split(' ')[1]
      }
      assert.equal(await post(0), 'none')
      const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
      await client.subscribe('todos')
      assert.equal(await post(1, 'r1'), 'r1')
      assert.equal(await post(2), 'none')
      assert.equal(await post(3, 'x'.repeat(129)), 'none')
      const seen = await Promise.all([post(4, 'r4'), post(5), post(6, 'r6')])
      assert.deepEqual(seen, ['r4', 'none', 'r6'])

      const refreshes = []
      for (let n = 0; n < 6; n++) refreshes.push(String((await client.next()).data))
      const ids = refreshes.map((refresh) => /request-id="([^"]+)" action="refresh"/.exec(refresh)?.[1] ?? 'none')
      assert.deepEqual(ids.slice(0, 3), ['r1', 'none', 'none'])
      assert.deepEqual(ids.slice(3).sort(), ['none', 'r4', 'r6'])
      client.close()

      // What is changed then is in no answer any more, so the tab that has asked must not leave out the refresh for it.
      allAnswered()
      assert.deepEqual(await Promise.all(late), Array(7).fill(undefined))
    } finally {
      agent.destroy()
      await cable.close({ timeout: 100 })
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
}
