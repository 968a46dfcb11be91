// The cable for Express: one function for `app.use()`. Express takes it for a mounted app, and so tells it where it is mounted.
// Nothing here imports Express; the types say what is used of it.

import type { IncomingMessage } from 'node:http'
import { createCable } from '../cable'
import type { CableCore } from '../core'
import type { TurboCableOptions } from '../options/options'
import { expressRenderer, type ViewApp } from '../render/express'
import type { Renderer } from '../render/renderer'
import { viewHelpers } from '../turbo/helpers'
import { type NodeMiddleware, nodeMiddleware } from './node'
import type { TurboRequest, TurboResponse } from './turbo'

declare global {
  // Where Express' own types look for what middleware adds.
  namespace Express {
    interface Request extends TurboRequest {}
    interface Response extends TurboResponse<void> {}
  }
}

/** What the cable uses of an Express app. */
export interface HostApp extends ViewApp {
  /** What all views of the app get. */
  locals: Record<string, unknown>
  /** Where the app is mounted in its parent. */
  mountpath?: string | string[]
  /** The app in which it is mounted. */
  parent?: HostApp
  /** The full path of the app. */
  path(): string
  use?(path: string, cable: Cable): unknown
}

interface HostRequest extends IncomingMessage {
  baseUrl?: string
  app?: HostApp
}

/** A cable as middleware for Express. */
export interface Cable extends Omit<CableCore, 'handle'>, NodeMiddleware {
  /** `handle`, `set` and `emit` are for Express: an object that has them counts as an app, and is told when it is mounted. */
  handle: NodeMiddleware
  set(): void
  emit(event: string, app: HostApp): void
  /** Where the cable is mounted. Set by Express. */
  mountpath?: string | string[]
  /** The app in which the cable is mounted. Set by Express. */
  parent?: HostApp
}

/**
 * Makes the middleware for an Express app: `app.use(turboCable())`, before the routes. Nothing else has to be called.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function turboCable(options: TurboCableOptions = {}): Cable {
  // Express writes the path of the latest mount alone on the cable, so each is noted as it comes.
  const mounts: { readonly app: HostApp; readonly paths: readonly string[] }[] = []
  let renderer: Renderer | undefined
  const core = createCable(options, {
    mountPaths: () => mounts.flatMap(({ app, paths }) => paths.map((path) => `${withoutSlash(app.path())}${path}`)),
    serves: (server) => server.listeners('request').some((listener) => mounts.some(({ app }) => serves(app, listener))),
    renderer: () => renderer,
  })
  const { turboStreamFrom, turboCableTags, signedStream } = core

  // The app itself gets the helpers too, for views that are rendered without a request, such as those of a job.
  const meet = (app: HostApp) => {
    renderer ??= expressRenderer(app)
    for (const [name, helper] of Object.entries(viewHelpers)) app.locals[name] ??= helper
    app.locals.signedStream ??= signedStream
    app.locals.turboStreamFrom ??= turboStreamFrom
    app.locals.turboCableTags ??= turboCableTags
  }
  const handle = nodeMiddleware(core, (request: HostRequest) => {
    // In a Router the cable is not told where it is mounted. The first request shows it.
    if (!renderer && request.app) meet(request.app)
    return request.baseUrl ?? ''
  })

  const cable: Cable = Object.assign<NodeMiddleware, Omit<Cable, keyof NodeMiddleware>>(
    (request, response, next) => handle(request, response, next),
    {
      ...core,
      handle,
      set() {},
      emit(event: string, app: HostApp) {
        if (event !== 'mount') return
        const given = cable.mountpath ?? '/'
        mounts.push({ app, paths: [given].flat().map(withoutSlash) })
        meet(app)
        // In an array Express 5 takes '/' for the front page alone, and Express 4 for all that comes after it. So each has its own.
        if (Array.isArray(given) && given.includes('/')) for (const path of given) app.use?.(path, cable)
      },
    },
  )
  return cable
}

// Express takes `/app/` for `/app`.
function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}

// Whether a server's request listener is the app, or an app in which it is mounted.
function serves(app: HostApp, listener: unknown): boolean {
  for (let each: HostApp | undefined = app; each; each = each.parent) if (each === listener) return true
  return false
}
