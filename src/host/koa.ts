// What Koa sees: one middleware, which is the cable too. Of Koa itself nothing is imported; what is needed of it is written down
// as types.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asRequest } from '../broadcast/request-id'
import { createCable } from '../cable'
import type { CableCore, HostAnswer } from '../core'
import { streamType } from '../http/asked'
import type { TurboCableOptions } from '../options/options'
import type { Renderer } from '../render/renderer'
import { type View, viewRenderer } from '../render/view'
import type { BegunChain } from '../response/stream-chain'
import { viewHelpers } from '../turbo/helpers'
import {
  addTurboLocals,
  addTurboRequest,
  addTurboResponse,
  type TurboRequest,
  type TurboResponse,
  varyOn,
} from './turbo'

/** Koa's context, as far as the cable needs to know it. */
export interface KoaContext {
  readonly req: IncomingMessage & { body?: unknown }
  readonly res: ServerResponse
  /** With what a body parser before the cable has read. */
  readonly request: object
  readonly originalUrl: string
  readonly app: { readonly context: object }
  state: object
  respond?: boolean
  status: number
  type: string
  body: unknown
  redirect(url: string): void
}

/** What the cable adds to Koa's context, which Koa's own types let be anything. */
export interface TurboContext extends TurboRequest, TurboResponse<void> {}

export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>

/** A cable as middleware for Koa. */
export interface Cable extends KoaMiddleware, CableCore {}

/**
 * Makes the middleware: `app.use(turboCable())`, before the others. `ctx.state` has `turboStreamFrom`, `turboCableTags` and
 * `signedStream`, and so have views. Partials of broadcasts are rendered by the app's `context.render` where there is one
 * (`@koa/ejs`), from the first request on, or by the option `render`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function turboCable(options: TurboCableOptions = {}): Cable {
  let renderer: Renderer | undefined
  const core = createCable(options, { renderer: () => renderer })

  const middleware: KoaMiddleware = async (context, next) => {
    const { req, res } = context
    const mount = mountOf(context.originalUrl, req.url ?? '')
    const { cursor, ...helpers } = core.page(mount)
    Object.assign(context.state, helpers, { turboCableCursor: cursor })
    renderer ??= rendererOf(context.app.context, core)
    const { body, rawBody = body } = context.request as { body?: unknown; rawBody?: unknown }
    req.body ??= rawBody

    // Koa says 404 before anybody has answered.
    const preset = res.statusCode
    res.statusCode = 200
    if (core.handle(req, res, mount)) {
      context.respond = false
      return
    }
    res.statusCode = preset
    const vary = varyOn(res)
    addTurboLocals(context.state, req.headers, vary)
    addTurboRequest(context, req.headers, vary)
    let chain: BegunChain | undefined
    addTurboResponse<void>(context, req, mount, {
      turboStream: () => core.turboStreamResponse(answerOf(context), (begun) => (chain = begun)),
      redirect(url) {
        context.status = 303
        context.redirect(url)
      },
    })
    await asRequest(req, res, next)
    // One that nobody awaits has to be there before Koa answers.
    if (chain && !chain.heard) await chain
  }
  return Object.assign(middleware, core)
}

// What koa-mount has cut off the URL. `('/realtime/cable?x', '/cable?x') // → '/realtime'`, `('/realtime', '/') // → '/realtime'`
function mountOf(original: string, url: string): string {
  const [whole = ''] = original.split('?', 1)
  const [rest = ''] = url.split('?', 1)
  if (whole.endsWith(rest)) return whole.slice(0, whole.length - rest.length)
  return rest === '/' ? whole : ''
}

function answerOf(context: KoaContext): HostAnswer<void> {
  return {
    sent: () => context.res.headersSent,
    send(html) {
      context.type = `${streamType}; charset=utf-8`
      context.body = html
    },
    // The middleware awaits the chain, and Koa hears of it.
    fail() {},
    locals: () => context.state as Record<string, unknown>,
  }
}

// The `render` of @koa/ejs and its like needs a context only for the state, and for an answer that is not wanted here.
function rendererOf(context: { render?: View }, { turboStreamFrom, turboCableTags, signedStream }: CableCore) {
  const { render } = context
  if (!render) return undefined
  const state = { turboStreamFrom, turboCableTags, signedStream, ...viewHelpers }
  return viewRenderer((name, locals) => render.call({ state }, name, locals))
}
