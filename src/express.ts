// What Express sees: one function to `app.use()`. It fills the locals, answers the cable's paths, and finds the server whose
// upgrades it takes. Nothing here imports Express; what it needs of it is written down as types.

import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { LaterQueue, type Scheduler } from './broadcast/later'
import { createPerform } from './broadcast/perform'
import { registerProcessCable } from './broadcast/process-defaults'
import { expressRenderer, functionRenderer, type ViewApp } from './broadcast/render'
import { createVerbs, type Verbs } from './broadcast/verbs'
import { CableCore } from './cable'
import { serveAsset } from './http/assets'
import type { HubStats } from './hub/stats'
import { logger } from './log'
import type { Identity, TurboCableOptions } from './options'
import { type Streamable, streamName } from './stream/name'
import { createSignedStream, type SignStream } from './stream/signed-stream'
import { createTurboCableTags, type TurboCableTags } from './view/tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './view/turbo-stream-from'

const debug = logger('express')

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

interface HostResponse extends ServerResponse {
  locals?: Record<string, unknown>
}

type Next = (error?: unknown) => void

export interface Cable extends Verbs {
  (request: IncomingMessage, response: ServerResponse, next?: Next): void
  /** Takes the WebSocket upgrades of a server made by hand. Needed only where the cable is not mounted by `app.use()`. Returns the undo. */
  attach(server: Server): () => void
  /** Tells clients to reconnect, closes their sockets (1012) and settles within `timeout` ms (default 5000). Leaves the http server alone. */
  close(options?: { timeout?: number }): Promise<void>
  /** Counts of now and since the start. */
  stats(): HubStats
  /** Closes every connection whose identity matches: after a logout, for one user's `(user) => user.id === id`. They are told not to come back. */
  disconnect(match: (identity: Identity) => boolean): void
  /** Ends the subscriptions of whoever matches, and refuses the stream to them until the returned function is called. */
  revoke(streamables: Streamable, match: (identity: Identity) => boolean): () => void
  /** A stream's name with a right that ends or is somebody's, for `turboStreamFrom()`. */
  signedStream: SignStream
  /** The marker of one or more streams for a page, as in views; with the cursor of this moment. */
  turboStreamFrom: TurboStreamFrom
  /** The import map and script for a page without a bundler. */
  turboCableTags: TurboCableTags
  /** For Express: with these three it takes the cable for a mounted app, and says when and where it is mounted. */
  handle(request: IncomingMessage, response: ServerResponse, next?: Next): void
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
  // Mount paths that only requests have shown: a Router's, another framework's.
  const shown = new Set<string>()
  const mountPaths = () => {
    const known = [...[...apps].flatMap((app) => pathsIn(app, cable)), ...shown]
    return known.length > 0 ? known : ['']
  }
  const core = new CableCore(options, mountPaths)
  const { hub } = core
  const { render } = core.options
  let renderer = render && functionRenderer(render)

  const url = (base = mountPaths()[0]) => `${base}${core.options.path}`
  const sending = { publisher: () => hub, renderer: () => renderer }
  const queue = core.options.scheduler ? undefined : new LaterQueue(createPerform(sending))
  const scheduler = core.options.scheduler ?? (queue as Scheduler)
  const parts = { ...sending, scheduler: () => scheduler }
  const verbs = createVerbs(parts)
  const unregister = registerProcessCable(parts)

  const sign = core.signer && ((name: string) => core.signer?.sign(name) ?? name)
  const signedStream = createSignedStream(core.signer)
  const turboStreamFrom = createTurboStreamFrom({ cursor: () => hub.cursor(), sign })
  const turboCableTags = createTurboCableTags(() => url())

  const meet = (app: HostApp) => {
    renderer ??= expressRenderer(app)
    app.locals.signedStream ??= signedStream
    app.locals.turboStreamFrom ??= turboStreamFrom
    app.locals.turboCableTags ??= turboCableTags
  }

  // Each TCP connection is announced before a byte of it is parsed: time to attach to its server, should the very first
  // bytes be an upgrade. A server that does not serve one of our apps is never touched.
  const connected = (message: unknown) => {
    const server = (message as { socket: Socket & { server?: Server } }).socket.server
    if (!server || core.attachedTo(server)) return
    if (server.listeners('request').some((listener) => servesOneOf(apps, listener))) core.attach(server)
  }
  const connections = channel('net.server.socket')
  connections.subscribe(connected)

  const handle = (request: HostRequest, response: HostResponse, next?: Next) => {
    const pass = next ?? (() => notFound(response))
    const base = request.baseUrl ?? ''
    // Also when closed: a server that is being drained still answers, and its views still print markers.
    addLocals(response, base)
    if (hub.closed) return pass()
    attachLate(request, base)
    const [path = ''] = (request.url ?? '').split('?', 1)
    if (path === core.options.broadcastPath && request.method === 'POST') {
      core.endpoint.handle(request, response).catch(pass)
    } else if (!isAsset(path, request, response)) pass()
  }

  // Mounted some other way (inside a Router, in another framework): the first request shows the server and the path.
  const attachLate = (request: HostRequest, base: string) => {
    const { server } = request.socket as Socket & { server?: Server }
    if (!server || core.attachedTo(server)) return
    if (request.app) meet(request.app)
    if (apps.size === 0) shown.add(base)
    core.attach(server)
    debug('attached at the first request, below %s', base || '/')
  }

  const addLocals = (response: HostResponse, base: string) => {
    const cursor = hub.cursor()
    // Frames and streams that answer a form have no marker to say how old they are.
    if (cursor !== undefined && !response.headersSent) response.setHeader('X-Turbo-Cable-Cursor', cursor)
    response.locals ??= {}
    response.locals.turboCableCursor = cursor
    response.locals.turboStreamFrom = createTurboStreamFrom({ cursor: () => cursor, sign })
    response.locals.signedStream = signedStream
    response.locals.turboCableTags = createTurboCableTags(() => url(base))
  }

  const isAsset = (path: string, request: HostRequest, response: HostResponse) =>
    (request.method === 'GET' || request.method === 'HEAD') &&
    path.startsWith(`${core.options.path}/`) &&
    serveAsset(path.slice(core.options.path.length + 1), request, response)

  const cable: Cable = Object.assign(
    (request: IncomingMessage, response: ServerResponse, next?: Next) => handle(request, response, next),
    verbs,
    {
      attach: (server: Server) => core.attach(server),
      async close({ timeout = 5_000 } = {}) {
        connections.unsubscribe(connected)
        unregister()
        const start = performance.now()
        if (queue) await within(timeout, queue.idle())
        await core.close(Math.max(0, timeout - (performance.now() - start)))
      },
      stats: () => core.stats(),
      disconnect: (match: (identity: Identity) => boolean) => core.disconnect(match),
      revoke: (streamables: Streamable, match: (identity: Identity) => boolean) =>
        hub.revoke(streamName(streamables), match),
      signedStream,
      turboStreamFrom,
      turboCableTags,
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

// What is waiting to be sent is sent, if it can be in time.
async function within(timeout: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404
  response.end()
}
