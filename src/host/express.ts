// What Express sees: one function to `app.use()`, which Express takes for a mounted app and tells where it is. Nothing here
// imports Express; what it needs of it is written down as types.

import type { IncomingMessage } from 'node:http'
import type { Renderer } from '../broadcast/render'
import { expressRenderer, type ViewApp } from '../broadcast/render'
import { type CableCore, createCable } from '../cable'
import type { TurboCableOptions } from '../options'
import { type NodeMiddleware, nodeMiddleware } from './node'

/** An Express app, as far as the cable needs to know it. */
export interface HostApp extends ViewApp {
  locals: Record<string, unknown>
  mountpath?: string | string[]
  parent?: HostApp
  path(): string
}

interface HostRequest extends IncomingMessage {
  baseUrl?: string
  app?: HostApp
}

/** A cable as middleware for Express. */
export interface Cable extends Omit<CableCore, 'handle'>, NodeMiddleware {
  /** For Express: with these three it takes the cable for a mounted app, and says when and where it is mounted. */
  handle: NodeMiddleware
  set(): void
  emit(event: string, app: HostApp): void
  /** Written by Express. */
  mountpath?: string | string[]
  parent?: HostApp
}

/**
 * Makes the middleware: `app.use(turboCable())`, before the routes, is all.
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

  // Views that no request asked for, such as those of a job, have the helpers from the app.
  const meet = (app: HostApp) => {
    renderer ??= expressRenderer(app)
    app.locals.signedStream ??= signedStream
    app.locals.turboStreamFrom ??= turboStreamFrom
    app.locals.turboCableTags ??= turboCableTags
  }
  const handle = nodeMiddleware(core, (request: HostRequest) => {
    // Inside a Router nobody says where the cable is mounted: a request shows it.
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

// Full mount paths: those of app.use(path, cable), each below where the app itself is mounted by now.
function pathsIn(app: HostApp, cable: Cable): string[] {
  const base = app.path()
  return [cable.mountpath ?? '/'].flat().map((path) => `${base}${path === '/' ? '' : path}`)
}

// A request listener serves an app when it is that app, or one that the app is mounted in.
function servesOneOf(apps: Set<HostApp>, listener: unknown): boolean {
  for (const app of apps) {
    for (let each: HostApp | undefined = app; each; each = each.parent) if (each === listener) return true
  }
  return false
}
