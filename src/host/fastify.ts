// What Fastify sees: a plugin. Fastify knows its server, so the cable is attached before the first byte arrives; requests are
// answered before Fastify parses their bodies. Of Fastify itself only types are used.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type {} from 'fastify'
import { asRequest } from '../broadcast/request-id'
import { type CableCore, createCable } from '../cable'
import type { TurboCableOptions } from '../options/options'
import type { Renderer } from '../render/renderer'
import { type View, viewRenderer } from '../render/view'
import { withoutLayout } from '../render/without-layout'
import type { PageHelpers } from '../view/page'

/** A reply, as far as the cable needs to know it. */
interface HostReply {
  readonly raw: ServerResponse
  locals?: Record<string, unknown> | null
  hijack(): unknown
}

/** A Fastify instance, as far as the cable needs to know it. */
export interface FastifyHost {
  readonly server: unknown
  decorate(name: string, value: unknown): unknown
  decorateReply(name: string, value: unknown): unknown
  hasReplyDecorator(name: string): boolean
  addHook(name: 'onRequest', hook: OnRequest): unknown
  addHook(name: 'preClose', hook: () => Promise<void>): unknown
}

type OnRequest = (request: { readonly raw: IncomingMessage }, reply: HostReply, done: () => void) => void

type Helpers = Omit<PageHelpers, 'cursor'>

declare module 'fastify' {
  interface FastifyInstance {
    /** The cable: broadcasts, `stats()`, `disconnect()`, `revoke()`. */
    readonly turboCable: CableCore
  }
  interface FastifyReply extends Helpers {}
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
        if (view) renderer ??= viewRenderer(withoutLayout(view))
        return renderer
      },
    })
    core.attach(fastify.server as Server)
    fastify.decorate('turboCable', core)
    // @fastify/view fills its templates from `locals`, and leaves them alone where somebody else has made them.
    if (!fastify.hasReplyDecorator('locals')) fastify.decorateReply('locals', null)
    for (const name of ['turboStreamFrom', 'turboCableTags', 'signedStream', 'turboTextFrom', 'domId'])
      fastify.decorateReply(name, null)

    fastify.addHook('onRequest', (request, reply, next) => {
      const { cursor, ...helpers } = core.page()
      Object.assign(reply, helpers)
      reply.locals = { ...reply.locals, ...helpers, turboCableCursor: cursor }
      if (core.handle(request.raw, reply.raw)) reply.hijack()
      else asRequest(request.raw, next)
    })
    fastify.addHook('preClose', () => core.close())
  },
  // What fastify-plugin would write on it: hooks and decorators are for the whole app, and not for this plugin alone.
  {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'turbo-cable',
  },
)
