// What Hono sees on its Node server (@hono/node-server): one middleware, which is the cable too. Of Hono itself only types are used.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type {} from 'hono'
import { asRequest } from '../broadcast/request-id'
import { createCable } from '../cable'
import type { CableCore } from '../core'
import { streamType } from '../http/asked'
import { warn } from '../log'
import type { TurboCableOptions } from '../options/options'
import type { PageHelpers } from '../view/page'
import { addTurboRequest, addTurboResponse, type TurboRequest, type TurboResponse } from './turbo'

type Incoming = IncomingMessage & { body?: unknown }

/** Hono's context, as far as the cable needs to know it. */
export interface HonoContext {
  /** What @hono/node-server puts there; `outgoing` is missing while a WebSocket of Hono's own is made. */
  readonly env: unknown
  readonly req: { text(): Promise<string>; header(): Record<string, string> }
  readonly finalized: boolean
  set(key: 'turbo', helpers: HonoTurbo): void
  header(name: string, value: string, options?: { append?: boolean }): void
  body(body: string): Response
  redirect(url: string, status: 303): Response
}

/** What a handler has as `c.var.turbo`. */
export interface HonoTurbo extends Omit<PageHelpers, 'turboStream'>, TurboRequest, TurboResponse<Response> {}

export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/** A cable as middleware for Hono. */
export interface Cable extends HonoMiddleware, CableCore {}

declare module 'hono' {
  interface ContextVariableMap {
    /** `turboStreamFrom`, `turboCableTags`, `turboStream` and the like of this request. */
    turbo: HonoTurbo
  }
}

/**
 * Makes the middleware: `app.use(turboCable())`, before the routes. `c.var.turbo` has `turboStreamFrom`, `turboCableTags` and
 * `signedStream`. Partials of broadcasts are rendered by the option `render`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function turboCable(options: TurboCableOptions = {}): Cable {
  const core = createCable(options)
  let warned = false
  const middleware: HonoMiddleware = async (context, next) => {
    const { incoming, outgoing } = Object(context.env) as { incoming?: Incoming; outgoing?: ServerResponse }
    context.set('turbo', turboOf(core, context, incoming?.headers ?? context.req.header()))
    if (!incoming && !warned) {
      warned = true
      warn('turbo-cable/hono sees no request of Node: pages stay as they are, unless @hono/node-server serves the app')
    }
    if (!incoming || !outgoing) return void (await next())
    // Somebody before the cable has read the body, and Hono keeps it.
    if (incoming.readableDidRead && isJson(incoming)) incoming.body ??= await context.req.text().catch(() => undefined)
    if (core.handle(incoming, outgoing)) return alreadySent()
    await asRequest(incoming, outgoing, next)
  }
  return Object.assign(middleware, core)
}

function turboOf(core: CableCore, context: HonoContext, headers: IncomingHttpHeaders): HonoTurbo {
  const varies = new Set<string>()
  const vary = (name: string) => {
    if (!varies.has(name)) context.header('Vary', name, { append: true })
    varies.add(name)
  }
  const answer = {
    sent: () => context.finalized,
    send(html: string) {
      context.header('Content-Type', `${streamType}; charset=utf-8`)
      return context.body(html)
    },
    // Hono itself says that a handler has returned no response.
    fail: (error: unknown) => warn(`a stream response failed: ${error instanceof Error ? error.message : error}`),
    locals: () => ({}),
  }
  const turbo: object = core.page()
  addTurboRequest(turbo, headers, vary)
  const redirect = (url: string) => context.redirect(url, 303)
  addTurboResponse(turbo, { headers }, '', { turboStream: () => core.turboStreamResponse(answer), redirect })
  return turbo as HonoTurbo
}

function isJson({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && /\bjson\b/i.test(headers['content-type'] ?? '')
}

// What @hono/node-server calls RESPONSE_ALREADY_SENT. It writes a response whose body nobody has looked at straight away,
// without reading this header.
function alreadySent(): Response {
  const response = new Response(null, { headers: { 'x-hono-already-sent': 'true' } })
  void response.body
  return response
}
