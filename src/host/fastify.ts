// What Fastify sees: a plugin. Fastify knows its server, so the cable is attached before the first byte arrives; requests are
// answered before Fastify parses their bodies. Of Fastify itself only types are used.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type {} from 'fastify'
import { asRequest } from '../broadcast/request-id'
import { createCable } from '../cable'
import type { CableCore, HostAnswer } from '../core'
import { streamType, varied } from '../http/asked'
import type { TurboCableOptions } from '../options/options'
import type { Renderer } from '../render/renderer'
import { type View, viewRenderer } from '../render/view'
import { withoutLayout } from '../render/without-layout'
import { viewHelpers } from '../turbo/helpers'
import type { PageHelpers } from '../view/page'
import { addTurboLocals, addTurboRequest, addTurboResponse, type TurboRequest, type TurboResponse } from './turbo'

/** A reply, as far as the cable needs to know it. */
interface HostReply {
  readonly raw: ServerResponse
  readonly sent: boolean
  locals?: Record<string, unknown> | null
  getHeader(name: string): number | string | string[] | undefined
  header(name: string, value: string): unknown
  send(payload: unknown): unknown
  redirect(url: string, status: number): unknown
  hijack(): unknown
}

/** A Fastify instance, as far as the cable needs to know it. */
export interface FastifyHost {
  readonly server: unknown
  decorate(name: string, value: unknown): unknown
  decorateReply(name: string, value: unknown): unknown
  decorateRequest(name: string, value: unknown): unknown
  hasReplyDecorator(name: string): boolean
  addHook(name: 'onRequest', hook: OnRequest): unknown
  addHook(name: 'preClose', hook: () => Promise<void>): unknown
}

type OnRequest = (request: { readonly raw: IncomingMessage }, reply: HostReply, done: () => void) => void

// In views `turboStream` writes elements; on the reply it answers with them.
type Helpers = Omit<PageHelpers, 'cursor' | 'turboStream'>

declare module 'fastify' {
  interface FastifyInstance {
    /** The cable: broadcasts, `stats()`, `disconnect()`, `revoke()`. */
    readonly turboCable: CableCore
  }
  interface FastifyRequest extends TurboRequest {}
  interface FastifyReply extends Helpers, TurboResponse<void> {}
}

/**
 * The plugin: `await fastify.register(turboCable, { secret })`, before the routes. `fastify.turboCable` is the cable, and
 * `reply.turboStreamFrom`, `reply.turboCableTags` and `reply.signedStream` are there in every handler, in views of
 * `@fastify/view` too. Partials of broadcasts are rendered by `@fastify/view`, unless the options have a `render`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export const turboCable = Object.assign(
  async (fastify: FastifyHost, options: TurboCableOptions): Promise<void> => {
    let renderer: Renderer | undefined
    const core = createCable(options, {
      knowsServer: true,
      // Fastify's plugin for views may come after this one.
      renderer: () => {
        const { view } = fastify as { view?: View }
        if (view) renderer ??= partialRenderer(withoutLayout(view))
        return renderer
      },
    })
    core.attach(fastify.server as Server)
    fastify.decorate('turboCable', core)
    // @fastify/view fills its templates from `locals`, and leaves them alone where somebody else has made them.
    if (!fastify.hasReplyDecorator('locals')) fastify.decorateReply('locals', null)
    for (const name of replyNames) fastify.decorateReply(name, null)
    for (const name of ['wantsTurboStream', 'turboFrame', 'hotwireNativeApp']) fastify.decorateRequest(name, null)

    fastify.addHook('onRequest', (request, reply, next) => {
      const { cursor, ...helpers } = core.page()
      Object.assign(reply, helpers)
      reply.locals = { ...reply.locals, ...helpers, turboCableCursor: cursor }
      if (core.handle(request.raw, reply.raw)) return void reply.hijack()
      const { headers } = request.raw
      const vary = (name: string) => {
        const amended = varied(reply.getHeader('Vary'), name)
        if (amended && !reply.sent) reply.header('Vary', amended)
      }
      addTurboLocals(reply.locals, headers, vary)
      addTurboRequest(request, headers, vary)
      const redirect = (url: string) => reply.redirect(url, 303)
      const turboStream = () => core.turboStreamResponse<unknown>(answerOf(reply))
      addTurboResponse<unknown>(reply, request.raw, '', { turboStream, redirect })
      asRequest(request.raw, reply.raw, next)
    })
    fastify.addHook('preClose', () => core.close())
  },
  // What fastify-plugin would write on it: hooks and decorators are for the whole app, and not for this plugin alone.
  {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'turbo-cable',
  },
)

// What is on every reply: the helpers of a page, and the answers.
const replyNames = [
  ...['turboStreamFrom', 'turboCableTags', 'signedStream', 'turboTextFrom', ...Object.keys(viewHelpers)],
  ...['recedeOrRedirectTo', 'resumeOrRedirectTo', 'refreshOrRedirectTo'],
  ...['recedeOrRedirectBackOrTo', 'resumeOrRedirectBackOrTo', 'refreshOrRedirectBackOrTo'],
]

function answerOf(reply: HostReply): HostAnswer<unknown> {
  return {
    sent: () => reply.sent,
    send(html) {
      reply.header('Content-Type', `${streamType}; charset=utf-8`)
      // The reply is a promise of having been sent, which is what a handler that returns the chain waits for.
      return reply.send(html)
    },
    fail: (error) => reply.send(error),
    locals: () => reply.locals ?? {},
  }
}

// A partial of a broadcast has the helpers that need no request.
function partialRenderer(view: View): Renderer {
  return viewRenderer((name, locals) => view(name, { ...viewHelpers, ...locals }))
}
