// What Hono sees on its Node server (@hono/node-server): one middleware, which is the cable too. Of Hono itself only types are used.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type {} from 'hono'
import { asRequest } from '../broadcast/request-id'
import { type CableCore, createCable } from '../cable'
import { warn } from '../log'
import type { TurboCableOptions } from '../options/options'
import type { PageHelpers } from '../view/page'

type Incoming = IncomingMessage & { body?: unknown }

/** Hono's context, as far as the cable needs to know it. */
export interface HonoContext {
  /** What @hono/node-server puts there; `outgoing` is missing while a WebSocket of Hono's own is made. */
  readonly env: unknown
  readonly req: { text(): Promise<string> }
  set(key: 'turbo', helpers: PageHelpers): void
}

export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

/** A cable as middleware for Hono. */
export interface Cable extends HonoMiddleware, CableCore {}

declare module 'hono' {
  interface ContextVariableMap {
    /** `turboStreamFrom`, `turboCableTags` and `signedStream` of this request. */
    turbo: PageHelpers
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
    context.set('turbo', core.page())
    const { incoming, outgoing } = Object(context.env) as { incoming?: Incoming; outgoing?: ServerResponse }
    if (!incoming && !warned) {
      warned = true
      warn('turbo-cable/hono sees no request of Node: pages stay as they are, unless @hono/node-server serves the app')
    }
    if (!incoming || !outgoing) return void (await next())
    // Somebody before the cable has read the body, and Hono keeps it.
    if (incoming.readableDidRead && isJson(incoming)) incoming.body ??= await context.req.text().catch(() => undefined)
    if (core.handle(incoming, outgoing)) return alreadySent()
    await asRequest(incoming, next)
  }
  return Object.assign(middleware, core)
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
