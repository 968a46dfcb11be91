// Each framework with a cable and routes that answer Turbo, for the suite of responses. A route sees the same in all of them.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { serve } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { turboCable as fastifyCable } from '../../src/host/fastify.ts'
import { turboCable as honoCable } from '../../src/host/hono.ts'
import { turboCable as koaCable, type TurboContext } from '../../src/host/koa.ts'
import type { TurboRequest, TurboResponse } from '../../src/host/turbo.ts'
import { type TurboCableOptions, turboCable } from '../../src/index.ts'
import type { Hosted } from './hosts.ts'
import { portOf } from './http-server.ts'

/** What a route works with, whichever framework it is in. What it returns is what the framework's handler returns. */
export interface Exchange {
  readonly headers: Record<string, string | string[] | undefined>
  readonly request: TurboRequest
  readonly response: TurboResponse<unknown>
  status(code: number): void
  header(name: string, value: string): void
  html(text: string): unknown
  redirect(url: string): unknown
  /** What views see beside their own locals; in Hono there are no views. */
  readonly locals: Record<string, unknown>
}

export type Route = (exchange: Exchange) => unknown

export type StartTurbo = (options: TurboCableOptions, route: Route) => Promise<Hosted>

const startExpress =
  (framework: typeof express): StartTurbo =>
  async (options, route) => {
    const cable = turboCable(options)
    const app = framework()
    app.use(cable)
    app.use((request, response) => {
      route({
        headers: request.headers,
        request,
        response,
        locals: response.locals,
        status: (code) => void response.status(code),
        header: (name, value) => void response.set(name, value),
        html: (text) => response.send(text),
        redirect: (url) => response.redirect(url),
      })
    })
    // Express would print the errors that the suite causes.
    app.use(
      ((error, _request, response, _next) =>
        void response.status(500).send(String(error))) as express.ErrorRequestHandler,
    )
    return running(createServer(app).listen(0, '127.0.0.1'), cable)
  }

const startNode: StartTurbo = async (options, route) => {
  const cable = turboCable(options)
  const server = createServer((request, response) =>
    cable(request, response, () => {
      const turbo = response as typeof response & TurboResponse<void> & { locals: Record<string, unknown> }
      route({
        headers: request.headers,
        request: request as typeof request & TurboRequest,
        response: turbo,
        locals: turbo.locals,
        status: (code) => void Object.assign(response, { statusCode: code }),
        header: (name, value) => void response.setHeader(name, value),
        html: (text) => response.writeHead(response.statusCode, { 'Content-Type': 'text/html' }).end(text),
        redirect: (url) => response.writeHead(302, 'Found', { Location: url }).end(),
      })
    }),
  )
  return running(server.listen(0, '127.0.0.1'), cable)
}

const startFastify: StartTurbo = async (options, route) => {
  const fastify = Fastify({ forceCloseConnections: true })
  fastify.register(fastifyCable, options)
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', (_request, payload, done) => void payload.resume().on('end', () => done(null)))
  fastify.all('/*', (request, reply) =>
    route({
      headers: request.headers,
      request,
      response: reply,
      locals: (reply as unknown as { locals: Record<string, unknown> }).locals,
      status: (code) => void reply.status(code),
      header: (name, value) => void reply.header(name, value),
      html: (text) => reply.type('text/html').send(text),
      redirect: (url) => reply.redirect(url),
    }),
  )
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  return { ...(await running(fastify.server, fastify.turboCable)) }
}

const startKoa: StartTurbo = async (options, route) => {
  const app = new Koa()
  app.silent = true
  const cable = koaCable(options)
  app.use(cable)
  app.use(async (context) => {
    const turbo = context as unknown as TurboContext
    await route({
      headers: context.headers,
      request: turbo,
      response: turbo,
      locals: context.state,
      status: (code) => void Object.assign(context, { status: code }),
      header: (name, value) => context.set(name, value),
      html: (text) => void Object.assign(context, { type: 'html', body: text }),
      redirect: (url) => context.redirect(url),
    })
  })
  return running(app.listen(0, '127.0.0.1'), cable)
}

const startHono: StartTurbo = async (options, route) => {
  const app = new Hono()
  const cable = honoCable(options)
  app.use(cable)
  app.onError((error, c) => c.text(String(error), 500))
  app.all('*', async (c) => {
    const { turbo } = c.var
    return (await route({
      headers: c.req.header(),
      request: turbo,
      response: turbo,
      locals: {},
      status: (code) => c.status(code as 200),
      header: (name, value) => c.header(name, value),
      html: (text) => c.html(text),
      redirect: (url) => c.redirect(url),
    })) as Response
  })
  return running(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server, cable)
}

/** By their names. */
export const turboHosts: Record<string, StartTurbo> = {
  'Express 5': startExpress(express),
  'Express 4': startExpress(express4 as unknown as typeof express),
  'node:http': startNode,
  Fastify: startFastify,
  Koa: startKoa,
  Hono: startHono,
}

async function running(server: Server, cable: Hosted['cable']): Promise<Hosted> {
  if (!server.listening) await once(server, 'listening')
  const port = portOf(server)
  // The first request shows a cable its server; a path of the cable's own reaches no route.
  await (await fetch(`http://127.0.0.1:${port}/resume_historical_location`)).text()
  return { cable, server, port, origin: `http://127.0.0.1:${port}` }
}
