// A running app with a cable, for one test: its own server on port 0, its own clients, and nothing left when it ends.

import assert from 'node:assert/strict'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import express from 'express'
import type { Cable, HubStats, Json, TurboCableOptions } from '../../src/index.ts'
import { turboCable } from '../../src/index.ts'
import { TestClient } from './client.ts'
import { type Closing, listen, shut } from './http-server.ts'

/** Something that serves a cable, here or in another process. */
export interface Served {
  readonly cable: {
    broadcastJson(stream: string, data: Json): Promise<boolean>
    close(options: { timeout: number }): Promise<void>
    stats(): HubStats | Promise<HubStats>
  }
  readonly server: Closing
  readonly port: number
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  /** Path of the mount, '' for the root. */
  readonly mount?: string
}

/** A cable in this process. */
export interface Running extends Served {
  readonly cable: Cable
  readonly server: Server
}

export type Context<What extends Served = Running> = What & {
  /** A connected client. */
  connect(path?: string, headers?: Record<string, string>): Promise<TestClient>
  /** One POST to the broadcast path, as another process would send it. */
  broadcast(body: unknown, headers?: Record<string, string>): Promise<Response>
}

/** Starts something that serves a cable, and waits until it listens. */
export type Start<What extends Served = Running> = (options: TurboCableOptions) => Promise<What>

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

export async function listening<Any extends Served['cable']>(
  server: Server,
  cable: Any,
  protocol = 'http',
  mount = '',
  wanted = 0,
): Promise<Served & { readonly cable: Any; readonly server: Server }> {
  const port = await listen(server, { port: wanted })
  return { cable, server, port, origin: `${protocol}://127.0.0.1:${port}`, mount }
}

// No pings within a test's time: what a client reads next is then what the test caused.
const hour = 3_600_000
const quiet = { interval: hour, timeout: 2 * hour }

export function withCable(
  options: TurboCableOptions,
  run: (context: Context) => Promise<void>,
  start: Start = startExpress,
): Promise<void> {
  return withServed(options, run, start)
}

/** The same for what need not be a cable of Express in this process. */
export async function withServed<What extends Served>(
  options: TurboCableOptions,
  run: (context: Context<What>) => Promise<void>,
  start: Start<What>,
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
  const { connections, streams, subscriptions } = await running.cable.stats()
  assert.deepEqual(
    { connections, streams, subscriptions },
    { connections: 0, streams: 0, subscriptions: 0 },
    'left behind',
  )
}
