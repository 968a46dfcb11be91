// createCable(): the only file that connects the concrete parts. Knows no framework; host/ has what a framework sees.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createVerbs } from './broadcast/create-verbs'
import { LaterQueue } from './broadcast/later'
import { createPerform } from './broadcast/perform'
import { Refreshes } from './broadcast/refreshes'
import type { Verbs } from './broadcast/verbs'
import { engineFromEnv } from './engine/from-env'
import { MemoryEngine } from './engine/memory'
import { BroadcastEndpoint } from './http/broadcast-endpoint'
import { BroadcastRight } from './http/broadcast-right'
import { Entrance } from './http/entrance'
import { Events } from './http/events'
import { Handshake } from './http/handshake'
import { Mounts } from './http/mounts'
import { PassedOver } from './http/passed-over'
import { Requests } from './http/requests'
import { Servers } from './http/servers'
import { shutdown, UnderWay } from './http/shutdown'
import { minded } from './http/turbo-head'
import { Hub } from './hub/hub'
import type { HubStats } from './hub/stats'
import { warn } from './log'
import { cautions } from './options/cautions'
import type { Identity } from './options/identity'
import { cursorHeader } from './options/limits'
import { resolveOptions, type TurboCableOptions } from './options/options'
import { processSerializers, registerProcessCable } from './process/defaults'
import { actionCableProtocol } from './protocol/action-cable'
import { actionCableExtProtocol } from './protocol/action-cable-ext'
import type { Protocol } from './protocol/protocol'
import { turboCableProtocol } from './protocol/turbo-cable'
import { Amends } from './publisher/amends'
import { functionRenderer } from './render/function'
import type { Renderer } from './render/renderer'
import type { Answer } from './response/response-chain'
import type { BegunChain } from './response/stream-chain'
import { createTurboStreamResponse, type TurboStreamResponse } from './response/turbo-stream-response'
import { type Streamable, streamName } from './stream/name'
import { createSignedStream, type SignStream } from './stream/signed-stream'
import { Signer } from './stream/signer'
import { type Csp, createCsp } from './view/csp'
import { createPage, type PageHelpers } from './view/page'
import { createTurboCableTags, type TurboCableTags } from './view/tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './view/turbo-stream-from'
import { createTurboTextFrom, type TurboTextFrom } from './view/turbo-text-from'

/** A cable without a framework: everything that a host needs. */
export interface CableCore extends Verbs {
  /**
   * Answers a request whose `url` is relative to `mount` ('' for the root). Returns false, and does nothing, if it is not the
   * cable's, or if the cable is closed. The first request of a server shows the cable that server and the mount.
   */
  handle(request: IncomingMessage, response: ServerResponse, mount?: string): boolean
  /** The view helpers of a request that has just arrived: they carry the cursor of this moment. `mount` is as in `handle`. */
  page(mount?: string): PageHelpers
  /** The `turboStream` of one response, for a host. `begun` is told of the chain once there is one. */
  turboStreamResponse<Sent>(answer: HostAnswer<Sent>, begun?: (chain: BegunChain) => void): TurboStreamResponse<Sent>
  /** Takes the WebSocket upgrades of a server. Needed only if the host cannot find the server by itself. Returns the undo. */
  attach(server: Server): () => void
  /** Whether the upgrades of this server are taken. */
  attachedTo(server: Server): boolean
  /**
   * Tells every client to reconnect, closes the sockets (1012) and stops the engine. After `timeout` ms (default 5000) what is left
   * is cut off. The HTTP server goes on.
   */
  close(options?: { timeout?: number }): Promise<void>
  /**
   * Ends a server and the cable with it, for a deploy: takes nobody new, answers the requests under way, sends what is queued,
   * tells every client to reconnect, writes `history.file`, and closes all connections. Resolves within `timeout` ms (default
   * 10000). `process.once('SIGTERM', () => cable.shutdown(server))` is all that a process needs.
   */
  shutdown(server: Server, options?: { timeout?: number }): Promise<void>
  /** Counts of now and since the start. */
  stats(): HubStats
  /**
   * Closes every connection of a user, for example after a logout. `who` is the user's id (`7` or `'7'`), which reaches every process
   * that shares the engine, or a function of the identity (`(user) => user.id === 7`), for this process. Clients do not come back.
   * @throws TurboCableError TURBO_CABLE_BAD_OPTION for what is neither, and for a function that gives a promise
   */
  disconnect(who: string | number | ((identity: Identity) => boolean)): void
  /**
   * Ends the subscriptions of a user to a stream, and refuses the stream to that user until the returned function is called. `who`
   * is as in `disconnect`. For an id, the returned function undoes every `revoke` of this stream and id.
   * @throws TurboCableError TURBO_CABLE_BAD_STREAM, TURBO_CABLE_BAD_OPTION
   */
  revoke(streamables: Streamable, who: string | number | ((identity: Identity) => boolean)): () => void
  /** Signs a stream's name for `turboStreamFrom()`, with a right that ends, or that is one user's. */
  signedStream: SignStream
  /** Writes the marker of one or more streams, as in views. It carries the cursor of this moment. */
  turboStreamFrom: TurboStreamFrom
  /** Writes the import map and the script for a page without a bundler. */
  turboCableTags: TurboCableTags
  /** The sources that a Content-Security-Policy needs for a page of `turboCableTags()`, as helmet's directives. */
  csp: Csp
}

/** How a host answers one request. Without a renderer of its own, partials are rendered as those of broadcasts. */
export interface HostAnswer<Sent> extends Omit<Answer<Sent>, 'broadcast' | 'renderer'> {
  readonly renderer?: () => Renderer | undefined
}

/** What a host may give to `createCable`. */
export interface HostParts {
  /** The paths at which the cable is mounted now, '' for the root. @default those that requests have shown */
  readonly mountPaths?: () => readonly string[]
  /** Whether a server serves this host. Its upgrades are then taken before its first request. */
  readonly serves?: (server: Server) => boolean
  /** The host attaches to its server by itself: a request shows nothing new. */
  readonly knowsServer?: boolean
  /** Renders partials, if the options have no `render`. */
  readonly renderer?: () => Renderer | undefined
  /** Protocols beside turbo-cable's own. A client chooses one by its subprotocol. */
  readonly protocols?: readonly Protocol[]
}

/**
 * Makes a cable.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function createCable(given: TurboCableOptions = {}, host: HostParts = {}): CableCore {
  const options = resolveOptions(given)
  const { path, secret, limits, render } = options
  const hub = new Hub(options.engine ?? engineFromEnv() ?? new MemoryEngine(options.history), options)
  const mounts = new Mounts(host.mountPaths)
  const url = (mount = mounts.first) => `${mount}${path}`

  const protocols = [turboCableProtocol, actionCableProtocol, actionCableExtProtocol, ...(host.protocols ?? [])]
  const isPath = (asked: string) => asked.endsWith(path) && mounts.has(asked.slice(0, -path.length))
  const entrance = new Entrance(hub, options)
  const servers = new Servers(new Handshake({ hub, options, entrance, protocols, isPath }), host.serves)
  const underWay = new UnderWay()
  const right = new BroadcastRight(options)
  const endpoint = new BroadcastEndpoint(hub, { right, bodyBytes: limits.bodyBytes })
  const requests = new Requests(options, { endpoint, events: new Events(hub, entrance) }, mounts)

  const passedOver = new PassedOver({
    serves: (server) => servers.has(server),
    mounts: () => mounts.known,
    path,
    broadcastPath: options.broadcastPath,
    mayBroadcast: (request) => right.refusal(request) === undefined,
  })

  const ownRenderer = render && functionRenderer(render)
  const publisher = new Amends(hub)
  const sending = {
    publisher: () => publisher,
    renderer: () => ownRenderer ?? host.renderer?.(),
    serializers: processSerializers,
  }
  const queue = options.scheduler ? undefined : new LaterQueue(createPerform(sending))
  const scheduler = options.scheduler ?? (queue as LaterQueue)
  const refreshes = new Refreshes()
  const parts = { ...sending, scheduler: () => scheduler, refreshes: () => refreshes }

  const verbs = createVerbs(parts)

  const signer = secret.length > 0 ? new Signer(secret) : undefined
  const sign = signer && ((name: string) => signer.sign(name))
  const signedStream = createSignedStream(signer)

  // A page shows of each text what there was when its request arrived, which is where its cursor is.
  const textFrom = (): TurboTextFrom => {
    const { texts } = hub.deliveries
    const moment = texts.now()
    return createTurboTextFrom((stream, target) => texts.html(stream, target, moment))
  }

  for (const caution of cautions(options)) warn(caution)
  void hub.start(options.history)
  const unregister = registerProcessCable(parts)

  const close = async (timeout: number) => {
    const start = performance.now()
    // What is waiting to be sent is sent, if it can be in time.
    const flushed = refreshes.flush()
    unregister()
    await within(timeout, Promise.all([flushed, queue?.idle()]))
    servers.close()
    passedOver.stop()
    publisher.stop()
    await hub.close(Math.max(0, timeout - (performance.now() - start)))
  }

  return {
    ...verbs,
    handle(request, response, mount = '') {
      if (!requests.opensEvents(request)) underWay.add(response)
      passedOver.reached(request)
      if (!hub.closed && !host.knowsServer) {
        servers.meet(request)
        mounts.show(mount)
      }
      if (requests.handle(request, response, mount)) return true
      // Frames, and streams that answer a form, have no marker to say how old they are.
      if (!response.headersSent) response.setHeader(cursorHeader, hub.cursor())
      minded(request, response)
      return false
    },
    page: (mount) =>
      createPage({ cursor: hub.cursor(), url: () => url(mount), sign, signedStream, turboTextFrom: textFrom() }),
    turboStreamResponse: (answer, begun) => {
      const renderer = () => ownRenderer ?? answer.renderer?.() ?? host.renderer?.()
      return createTurboStreamResponse({ ...answer, renderer, broadcast: verbs.broadcastStreamTo }, begun)
    },
    attach: (server) => servers.attach(server),
    attachedTo: (server) => servers.has(server),
    close: ({ timeout = 5_000 } = {}) => close(timeout),
    shutdown: (server, { timeout = 10_000 } = {}) => shutdown(server, timeout, { underWay, close }),
    stats: () => hub.stats(),
    disconnect: (who) => hub.removals.disconnect(who),
    revoke: (streamables, who) => hub.removals.revoke(streamName(streamables), who),
    signedStream,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => hub.cursor(), sign }),
    turboCableTags: createTurboCableTags(() => url()),
    csp: createCsp(() => url()),
  }
}

// Resolves when the work is done, or after `timeout` ms.
async function within(timeout: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
