// Each framework with a cable, as small as it can be, for the suites that every host has to pass.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { CableCore } from '../../src/core.ts'
import { turboCable as fastifyCable } from '../../src/host/fastify.ts'
import { turboCable as honoCable } from '../../src/host/hono.ts'
import { turboCable as koaCable } from '../../src/host/koa.ts'
import { type TurboCableOptions, turboCable } from '../../src/index.ts'
import type { TurboStreamFrom } from '../../src/view/turbo-stream-from.ts'
import type { Served } from './with-cable.ts'

export interface Hosted extends Served {
  readonly cable: Omit<CableCore, 'handle'>
  readonly server: Server
}

/** Answers `/`, from the helpers of the request; what is neither that nor the cable's gets 404 `the app`. */
export type HostPage = (helpers: {
  turboStreamFrom: TurboStreamFrom
  turboCableTags: () => string
}) => string | Promise<string>

export type StartHost = (options: TurboCableOptions, page?: HostPage) => Promise<Hosted>

const startFastify: StartHost = async (options, page) => {
  const fastify = Fastify({ forceCloseConnections: true })
  fastify.register(fastifyCable, options)
  if (page) fastify.get('/', async (_request, reply) => reply.type('text/html').send(await page(reply)))
  fastify.setNotFoundHandler((_request, reply) => void reply.status(404).send('the app'))
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { port } = fastify.server.address() as AddressInfo
  return { cable: fastify.turboCable, server: fastify.server, port, origin: `http://127.0.0.1:${port}` }
}

const startKoa: StartHost = async (options, page) => {
  const app = new Koa()
  const cable = koaCable(options)
  app.use(cable)
  app.use(async (context) => {
    const isPage = page && context.path === '/'
    context.status = isPage ? 200 : 404
    context.type = isPage ? 'html' : 'text'
    context.body = isPage ? await page(context.state as Parameters<HostPage>[0]) : 'the app'
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return running(server, cable)
}

const startHono: StartHost = async (options, page) => {
  const app = new Hono()
  const cable = honoCable(options)
  app.use(cable)
  if (page) app.get('/', async (c) => c.html(await page(c.var.turbo)))
  app.notFound((c) => c.text('the app', 404))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await once(server, 'listening')
  return running(server, cable)
}

// The first request shows a cable its server.
const shown = (start: StartHost): StartHost => {
  return async (options, page) => {
    const hosted = await start(options, page)
    await (await fetch(hosted.origin)).text()
    return hosted
  }
}

const startNode: StartHost = async (options) => {
  const cable = turboCable(options)
  const server = createServer((request, response) => cable(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return running(server, cable)
}

/** Ready for a WebSocket. */
export const hosts = { Fastify: startFastify, Koa: shown(startKoa), Hono: shown(startHono) }

/** Those that do not know their server before a request has come to it. */
export const unseen = { Koa: startKoa, Hono: startHono, 'node:http': startNode }

function running(server: Server, cable: Hosted['cable']): Hosted {
  const { port } = server.address() as AddressInfo
  return { cable, server, port, origin: `http://127.0.0.1:${port}` }
}
