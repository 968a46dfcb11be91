// From an upgrade request to a client of the hub: which requests are ours, who is refused before there is a socket, and which
// protocol is spoken. ws does the handshake.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { wasDisconnected } from '../hub/arrivals'
import type { Visitor } from '../hub/gate'
import type { Hub } from '../hub/hub'
import { logger, warn } from '../log'
import type { ResolvedOptions } from '../options'
import type { Protocol } from '../protocol/protocol'
import { CableSocket, WebSocketTransport } from '../transport/websocket'
import { admitted, asksNobody } from './admission'
import { originAllowed } from './origin'
import type { UpgradeDelegate } from './upgrade'

const debug = logger('upgrade')

export interface HandshakeParts {
  readonly hub: Hub
  readonly options: ResolvedOptions
  /** Those that a client may choose from by its subprotocol. */
  readonly protocols: readonly Protocol[]
  /** The full paths of the endpoint, as in a request line without query; asked anew for each upgrade. */
  readonly paths: () => readonly string[]
}

export class Handshake implements UpgradeDelegate {
  readonly #hub: Hub
  readonly #options: ResolvedOptions
  readonly #protocols: ReadonlyMap<string, Protocol>
  readonly #paths: () => readonly string[]
  readonly #wss: WebSocketServer
  #warned = false

  constructor({ hub, options, protocols, paths }: HandshakeParts) {
    this.#hub = hub
    this.#options = options
    this.#protocols = new Map(protocols.map((protocol) => [protocol.name, protocol]))
    this.#paths = paths
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression costs memory per connection and gains little on small messages.
      perMessageDeflate: false,
      maxPayload: options.limits.frameBytes,
      // Whoever insists on a subprotocol that is not spoken here learns that from the handshake.
      handleProtocols: (offered) => [...offered].find((name) => this.#protocols.has(name)) ?? false,
      WebSocket: CableSocket,
    })
  }

  claims(request: IncomingMessage): boolean {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false
    const [path = ''] = (request.url ?? '').split('?', 1)
    return this.#paths().includes(path)
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Nobody else listens for the socket's errors from here to the end of the handshake.
    socket.on('error', onError)
    const full = this.#hub.size >= this.#options.limits.connections
    if (!originAllowed(request, this.#options)) this.#refuseOrigin(request, socket)
    else if (full) refuse(socket, 503, 'Too many connections')
    else if (asksNobody(this.#options)) this.#accept(request, socket, head, { identity: undefined, request })
    else if (this.#hub.arrivals.unanswered >= this.#options.limits.unanswered) refuse(socket, 503, 'Too many at once')
    else void this.#acceptWhenAdmitted(request, socket, head)
  }

  async #acceptWhenAdmitted(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { arrivals } = this.#hub
    const arrival = arrivals.expect(() => refuse(socket, 503, 'Closing'))
    const left = new AbortController()
    const unwatch = watchForEnd(socket, () => {
      arrivals.gone(arrival)
      left.abort()
    })
    const visitor = await admitted(request, this.#options, left.signal)
    unwatch()
    if (!arrivals.answered(arrival)) return
    if ('status' in visitor) refuse(socket, visitor.status, visitor.text)
    else if (wasDisconnected(arrival, visitor.identity)) refuse(socket, 401, 'Unauthorized')
    else this.#accept(request, socket, head, visitor)
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, visitor: Visitor): void {
    socket.off('error', onError)
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      // Only the names of these protocols were agreed to, and '' is the one of the clients that offer none.
      const protocol = this.#protocols.get(ws.protocol) as Protocol
      // ws was told above to make its sockets of this class.
      this.#hub.accept(new WebSocketTransport(ws as CableSocket, socket), protocol, visitor)
    })
  }

  #refuseOrigin({ headers }: IncomingMessage, socket: Duplex): void {
    // Once, for the operator whose proxy does not pass Host on; further ones may be anybody's doing.
    const say = this.#warned ? debug : warn
    this.#warned = true
    say(
      `refused a page of ${headers.origin} on host ${headers.host}: list it in allowedOrigins, or let the proxy pass Host (or set trustProxy)`,
    )
    refuse(socket, 403, 'Forbidden: origin not allowed')
  }
}

// Nobody reads the socket before the handshake, so its end has to be looked for. What the client sends ahead stays in it.
function watchForEnd(socket: Duplex, ended: () => void): () => void {
  const look = () => {
    if (socket.readableLength === 0) socket.read(0)
  }
  const end = () => socket.destroy()
  socket.on('readable', look).on('end', end).on('close', ended)
  return () => {
    socket.off('readable', look).off('end', end).off('close', ended)
  }
}

function onError(error: Error): void {
  debug('socket error during the upgrade: %s', error.message)
}

// The answer to a request whose parser is gone already.
function refuse(socket: Duplex, status: number, text: string): void {
  debug('refused: %d %s', status, text)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
}
