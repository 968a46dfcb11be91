// createCable(): the only file that wires concrete parts together. Knows no framework; what a framework sees is in host/.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { LaterQueue } from './broadcast/later'
import { createPerform } from './broadcast/perform'
import { registerProcessCable } from './broadcast/process-defaults'
import { functionRenderer, type Renderer } from './broadcast/render'
import { createVerbs, type Verbs } from './broadcast/verbs'
import { MemoryEngine } from './engine/memory'
import { BroadcastEndpoint } from './http/broadcast-endpoint'
import { Handshake } from './http/handshake'
import { Requests } from './http/requests'
import { Servers } from './http/servers'
import { Hub } from './hub/hub'
import type { HubStats } from './hub/stats'
import { warn } from './log'
import { type Identity, type ResolvedOptions, resolveOptions, type TurboCableOptions } from './options'
import type { Protocol } from './protocol/protocol'
import { turboCableProtocol } from './protocol/turbo-cable'
import { type Streamable, streamName } from './stream/name'
import { createSignedStream, type SignStream } from './stream/signed-stream'
import { Signer } from './stream/signer'
import { createPage, type PageHelpers } from './view/page'
import { createTurboCableTags, type TurboCableTags } from './view/tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './view/turbo-stream-from'

/** One cable without a framework: all that a host needs. */
export interface CableCore extends Verbs {
  /** Answers a request that is the cable's; false for all others. `url` is what is below `mount`; the first one shows the server and the mount. */
  handle(request: IncomingMessage, response: ServerResponse, mount?: string): boolean
  /** The helpers for the view of a request that has just arrived. */
  page(mount?: string): PageHelpers
  /** Takes the WebSocket upgrades of a server made by hand. Needed only where the host cannot find the server by itself. Returns the undo. */
  attach(server: Server): () => void
  /** Whether the upgrades of this server are taken. */
  attachedTo(server: Server): boolean
  /** Tells clients to reconnect, closes their sockets (1012) and settles within `timeout` ms (default 5000). Leaves the http server alone. */
  close(options?: { timeout?: number }): Promise<void>
  /** Counts of now and since the start. */
  stats(): HubStats
  /**
   * Closes every connection of somebody: after a logout, by their id (`disconnect('7')`, in every process of a shared engine) or
   * by a function of the identity (`(user) => user.id === 7`, in this process). They are told not to come back.
   */
  disconnect(who: string | ((identity: Identity) => boolean)): void
  /** Ends the subscriptions of somebody, as with `disconnect`, and refuses the stream to them until the returned function is called. */
  revoke(streamables: Streamable, who: string | ((identity: Identity) => boolean)): () => void
  /** A stream's name with a right that ends or is somebody's, for `turboStreamFrom()`. */
  signedStream: SignStream
  /** The marker of one or more streams for a page, as in views; with the cursor of this moment. */
  turboStreamFrom: TurboStreamFrom
  /** The import map and script for a page without a bundler. */
  turboCableTags: TurboCableTags
}

/** What a host may bring. */
export interface HostParts {
  /** Where the cable is mounted now, '' for the root. @default where requests have shown it to be */
  readonly mountPaths?: () => readonly string[]
  /** Whether a server serves this host, so that its upgrades are taken before its first request. */
  readonly serves?: (server: Server) => boolean
  /** The host attaches to its server by itself: a request shows nothing new. */
  readonly knowsServer?: boolean
  /** Renders partials, where the options name no function for it. */
  readonly renderer?: () => Renderer | undefined
  /** Spoken beside turbo-cable's own, chosen by a client's subprotocol. */
  readonly protocols?: readonly Protocol[]
}

/**
 * Makes a cable.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function createCable(given: TurboCableOptions = {}, host: HostParts = {}): CableCore {
  const options = resolveOptions(given)
  const { path, secret, broadcastToken: tokens, limits, render } = options
  const hub = new Hub(options.engine ?? new MemoryEngine(options.history), options)
  const shown = new Set<string>()
  const mountPaths = () => {
    const known = [...(host.mountPaths?.() ?? []), ...shown]
    return known.length > 0 ? known : ['']
  }
  const url = (mount = mountPaths()[0]) => `${mount}${path}`

  const protocols = [turboCableProtocol, ...(host.protocols ?? [])]
  const paths = () => mountPaths().map((mount) => url(mount))
  const servers = new Servers(new Handshake({ hub, options, protocols, paths }), host.serves)
  const requests = new Requests(options, new BroadcastEndpoint(hub, { tokens, bodyBytes: limits.bodyBytes }))

  const ownRenderer = render && functionRenderer(render)
  const sending = { publisher: () => hub, renderer: () => ownRenderer ?? host.renderer?.() }
  const queue = options.scheduler ? undefined : new LaterQueue(createPerform(sending))
  const scheduler = options.scheduler ?? (queue as LaterQueue)
  const parts = { ...sending, scheduler: () => scheduler }

  const signer = secret.length > 0 ? new Signer(secret) : undefined
  const sign = signer && ((name: string) => signer.sign(name))
  const signedStream = createSignedStream(signer)

  warnIfOpen(options)
  void hub.start()
  const unregister = registerProcessCable(parts)

  return {
    ...createVerbs(parts),
    handle(request, response, mount = '') {
      if (hub.closed) return false
      if (!host.knowsServer && servers.meet(request) && !host.mountPaths?.().length) shown.add(mount)
      return requests.handle(request, response)
    },
    page: (mount) => createPage({ cursor: hub.cursor(), url: () => url(mount), sign, signedStream }),
    attach: (server) => servers.attach(server),
    attachedTo: (server) => servers.has(server),
    async close({ timeout = 5_000 } = {}) {
      unregister()
      const start = performance.now()
      // What is waiting to be sent is sent, if it can be in time.
      if (queue) await within(timeout, queue.idle())
      servers.close()
      await hub.close(Math.max(0, timeout - (performance.now() - start)))
    },
    stats: () => hub.stats(),
    disconnect: (who) => hub.disconnect(who),
    revoke: (streamables, who) => hub.revoke(streamName(streamables), who),
    signedStream,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => hub.cursor(), sign }),
    turboCableTags: createTurboCableTags(() => url()),
  }
}

// Plain names in pages are an invitation once there are users with secrets; whoever means it says so.
function warnIfOpen({ secret, publicStreams, authorize }: ResolvedOptions): void {
  if (process.env.NODE_ENV !== 'production' || secret.length > 0 || publicStreams !== undefined || authorize) return
  warn(
    'anyone who can connect may subscribe to any stream: set TURBO_CABLE_SECRET, or say `publicStreams: true` if that is meant',
  )
}

// Resolves with the work, or when the time is over.
async function within(timeout: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
