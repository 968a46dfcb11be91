// Notices that something in front of the middleware answers the cable's own requests, such as a 404 for everything: the files never
// load then and senders get a 404, while the WebSocket works, as upgrades do not pass the middleware.

import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { warn } from '../log'

// Node publishes each response here when it has been sent.
const finished = channel('http.server.response.finish')

/** What `PassedOver` asks for. */
export interface PassedOverParts {
  /** Whether the cable takes the upgrades of this server. */
  readonly serves: (server: Server) => boolean
  /** The paths at which the cable is mounted, as the app wrote them; none where the host does not know them. */
  readonly mounts: () => readonly string[]
  readonly path: string
  readonly broadcastPath: string
  /** Whether this is a broadcast that would be taken. Who may not broadcast may be stopped before the cable, and on purpose. */
  readonly mayBroadcast: (request: IncomingMessage) => boolean
}

/** Says once that the cable's requests do not reach it. */
export class PassedOver {
  readonly #parts: PassedOverParts
  readonly #seen = new WeakSet<IncomingMessage>()
  readonly #finished = (message: unknown) => this.#look(message as Exchange)

  constructor(parts: PassedOverParts) {
    this.#parts = parts
    finished.subscribe(this.#finished)
  }

  /** Notes a request that has reached the cable. */
  reached(request: IncomingMessage): void {
    const { path, broadcastPath } = this.#parts
    // Of the app's own pages, which are nearly all, nothing is kept.
    if (request.url?.startsWith(path) || request.url?.startsWith(broadcastPath)) this.#seen.add(request)
  }

  /** Looks no more. */
  stop(): void {
    finished.unsubscribe(this.#finished)
  }

  #look({ request, response, server }: Exchange): void {
    const [path = ''] = (request.originalUrl ?? request.url ?? '').split('?', 1)
    // What it is most often: nothing of the cable's.
    if (!path.endsWith('.js') && !path.endsWith(this.#parts.broadcastPath)) return
    if (this.#seen.has(request) || !this.#parts.serves(server)) return
    const isPage = String(response.getHeader('content-type')).startsWith('text/html')
    if (response.statusCode !== 404 && !isPage) return
    if (!this.#parts.mounts().some((mount) => this.#isOurs(request, path, mount))) return
    this.stop()
    warn(
      `${request.method} ${path} was answered ${response.statusCode} and did not reach turboCable(): put app.use(turboCable()) before what answers every request, such as a page for 404`,
    )
  }

  #isOurs(request: IncomingMessage, asked: string, mount: string): boolean {
    const { path, broadcastPath, mayBroadcast } = this.#parts
    if (request.method === 'POST') return asked === `${mount}${broadcastPath}` && mayBroadcast(request)
    return request.method === 'GET' && asked.startsWith(`${mount}${path}/`) && asked.endsWith('.js')
  }
}

interface Exchange {
  readonly request: IncomingMessage & { readonly originalUrl?: string }
  readonly response: ServerResponse
  readonly server: Server
}
