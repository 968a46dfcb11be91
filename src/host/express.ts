// The cable for Express: one function for `app.use()`. Express takes it for a mounted app, and so tells it where it is mounted.
// Nothing here imports Express; the types say what is used of it.

import type { IncomingMessage } from 'node:http'
import { type CableCore, createCable } from '../cable'
import type { TurboCableOptions } from '../options/options'
import { expressRenderer, type ViewApp } from '../render/express'
import type { Renderer } from '../render/renderer'
import { domIdHelper } from '../view/page'
import { type NodeMiddleware, nodeMiddleware } from './node'

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
  const apps = new Set<HostApp>()
  let renderer: Renderer | undefined
  const core = createCable(options, {
    mountPaths: () => [...apps].flatMap((app) => pathsIn(app, cable)),
    serves: (server) => server.listeners('request').some((listener) => servesOneOf(apps, listener)),
    renderer: () => renderer,
  })
  const { turboStreamFrom, turboCableTags, signedStream } = core

  // The app itself gets the helpers too, for views that are rendered without a request, such as those of a job.
  const meet = (app: HostApp) => {
    renderer ??= expressRenderer(app)
    app.locals.domId ??= domIdHelper
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
        apps.add(app)
        meet(app)
      },
    },
  )
  return cable
}

// The full paths of the cable in an app: those given to app.use(path, cable), after the path of the app itself.
function pathsIn(app: HostApp, cable: Cable): string[] {
  return [cable.mountpath ?? '/'].flat().map((path) => `${withoutSlash(app.path())}${withoutSlash(path)}`)
}

// Express takes `/app/` for `/app`.
function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}

// Whether a server's request listener is one of the apps, or an app in which one of them is mounted.
function servesOneOf(apps: Set<HostApp>, listener: unknown): boolean {
  for (const app of apps) {
    for (let each: HostApp | undefined = app; each; each = each.parent) if (each === listener) return true
  }
  return false
}
