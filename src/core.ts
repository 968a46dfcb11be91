// What hosts and the server see of a cable, and what they may bring to one. Types only.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Verbs } from './broadcast/verbs'
import type { Health, HealthBounds } from './hub/health'
import type { HubStats } from './hub/stats'
import type { Identity } from './options/identity'
import type { Present } from './options/presence'
import type { RevokeOptions } from './options/revoke'
import type { Protocol } from './protocol/protocol'
import type { Publisher } from './publisher/publisher'
import type { Renderer } from './render/renderer'
import type { Answer } from './response/response-chain'
import type { BegunChain } from './response/stream-chain'
import type { TurboStreamResponse } from './response/turbo-stream-response'
import type { Streamable } from './stream/name'
import type { SignStream } from './stream/signed-stream'
import type { Csp } from './view/csp'
import type { PageHelpers } from './view/page'
import type { TurboCableTags } from './view/tags'
import type { TurboStreamFrom } from './view/turbo-stream-from'

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
   * tells every client to reconnect, at the latest after half of the time, writes `history.file`, and closes all connections. Resolves
   * within `timeout` ms (default 10000). `process.once('SIGTERM', () => cable.shutdown(server))` is all that a process needs.
   */
  shutdown(server: Server, options?: { timeout?: number }): Promise<void>
  /** By which events of `node:diagnostics_channel` name this cable: `'cable-1'`. Unique in this process. */
  readonly id: string
  /** What takes this cable's broadcasts as they are: for an endpoint of one's own. `cable.publisher.publish([{ stream, data }])` */
  readonly publisher: Publisher
  /** Counts of now and since the start. */
  stats(): HubStats
  /**
   * How the cable is, for health checks: `cable.health().ready` → true. It is not ready while it closes, before its engine has
   * started, and once that has been away for `engineAway` ms (default 10000).
   * @throws TurboCableError TURBO_CABLE_BAD_OPTION
   */
  health(bounds?: HealthBounds): Health
  /**
   * What the cable does, in the text format of Prometheus: `response.type('text/plain').send(await cable.metrics())`. Counts from the
   * first call on; that one loads `prom-client`, which the app installs.
   * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED
   */
  metrics(): Promise<string>
  /**
   * Closes every connection of a user, for example after a logout. `who` is the user's id (`7` or `'7'`), which reaches every process
   * that shares the engine, or a function of the identity (`(user) => user.id === 7`), for this process. Clients do not come back.
   * @throws TurboCableError TURBO_CABLE_BAD_OPTION for what is neither, and for a function that gives a promise
   */
  disconnect(who: string | number | ((identity: Identity) => boolean)): void
  /**
   * Ends the subscriptions of a user to a stream, and refuses the stream to that user until the returned function is called. `who`
   * is as in `disconnect`. For an id, the returned function undoes every `revoke` of this stream and id. With `{ expiresIn }`, ms,
   * it ends by itself, and for an id it holds until then also in processes that start later, where the engine outlives them.
   * @throws TurboCableError TURBO_CABLE_BAD_STREAM, TURBO_CABLE_BAD_OPTION
   */
  revoke(
    streamables: Streamable,
    who: string | number | ((identity: Identity) => boolean),
    options?: RevokeOptions,
  ): () => void
  /**
   * Who is on a stream of the option `presence`, in the order in which they came, over all processes that share the engine:
   * `[{ id: '7', info: { name: 'Ada' } }]`. Whoever has just gone is still there for `presence.grace`. A promise, as a process that has just started asks the others first.
   * @throws TurboCableError TURBO_CABLE_BAD_STREAM; the promise rejects with TURBO_CABLE_BAD_OPTION for a stream without presence
   */
  presence(streamables: Streamable): Promise<readonly Present[]>
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
  /** Renders its partials. @default what renders those of broadcasts */
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
