// A running app with a cable, for one test: its own server on port 0, its own clients, and nothing left when it ends.

import assert from 'node:assert/strict'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import express from 'express'
import type { Cable, TurboCableOptions } from '../../src/index.ts'
import { turboCable } from '../../src/index.ts'
import { TestClient } from './client.ts'
import { listen, shut } from './http-server.ts'

export interface Running {
  readonly cable: Cable
  readonly server: Server
  readonly port: number
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  /** Path of the mount, '' for the root. */
  readonly mount?: string
}

export interface Context extends Running {
  /** A connected client. */
  connect(path?: string, headers?: Record<string, string>): Promise<TestClient>
  /** One POST to the broadcast path, as another process would send it. */
  broadcast(body: unknown, headers?: Record<string, string>): Promise<Response>
}

/** Starts something that serves a cable, and waits until it listens. */
export type Start = (options: TurboCableOptions) => Promise<Running>

/** An Express 5 app with the cable before its routes. */
export const startExpress: Start = async (options) => {
  const cable = turboCable(options)
  const app = express()
  app.use(cable)
  app.use((_request, response) => {
    response.status(404).send('the app')
  })
  return listening(createServer(app), cable)
}

/** A bare http server that calls the cable by hand. */
export const startBare: Start = async (options) => {
  const cable = turboCable(options)
  const server = createServer((request: IncomingMessage, response: ServerResponse) =>
    cable(request, response, () => response.writeHead(404).end('the app')),
  )
  cable.attach(server)
  return listening(server, cable)
}

export async function listening(
  server: Server,
  cable: Cable,
  protocol = 'http',
  mount = '',
  wanted = 0,
): Promise<Running> {
  const port = await listen(server, { port: wanted })
  return { cable, server, port, origin: `${protocol}://127.0.0.1:${port}`, mount }
}

// No pings within a test's time: what a client reads next is then what the test caused.
const hour = 3_600_000
const quiet = { interval: hour, timeout: 2 * hour }

export async function withCable(
  options: TurboCableOptions,
  run: (context: Context) => Promise<void>,
  start = startExpress,
): Promise<void> {
  const running = await start({ heartbeat: quiet, ...options })
  const clients: TestClient[] = []
  const base = `${running.origin}${running.mount ?? ''}`
  try {
    await run({
      ...running,
      connect(path = options.path ?? '/cable', headers = {}) {
        const client = new TestClient(`${base.replace(/^http/, 'ws')}${path}`, { headers })
        clients.push(client)
        return client.opened()
      },
      broadcast: (body, headers = {}) =>
        fetch(`${base}${options.broadcastPath ?? '/_broadcast'}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
        }),
    })
  } finally {
    for (const client of clients) client.ws.terminate()
    await running.cable.close({ timeout: 1_000 })
    await shut(running.server)
  }
  const { connections, streams, subscriptions } = running.cable.stats()
  assert.deepEqual(
    { connections, streams, subscriptions },
    { connections: 0, streams: 0, subscriptions: 0 },
    'left behind',
  )
}
