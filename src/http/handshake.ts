// Makes a client of the hub out of an upgrade request: decides which requests are ours, who is refused before there is a socket,
// and which protocol is spoken. `ws` does the handshake.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { wasDisconnected } from '../hub/arrivals'
import type { Visitor } from '../hub/gate'
import type { Hub } from '../hub/hub'
import { logger, warn } from '../log'
import type { ResolvedOptions } from '../options/options'
import type { Protocol } from '../protocol/protocol'
import { CableSocket, WebSocketTransport } from '../transport/websocket'
import { Addresses } from './addresses'
import { admitted, asksNobody } from './admission'
import { originAllowed } from './origin'
import { isLocalHost } from './trusted-peer'
import type { UpgradeDelegate } from './upgrade'

const debug = logger('upgrade')

/** What `Handshake` works with. */
export interface HandshakeParts {
  readonly hub: Hub
  readonly options: ResolvedOptions
  /** The protocols that a client may choose by its subprotocol. */
  readonly protocols: readonly Protocol[]
  /** Whether this is a full path of the endpoint, without query. Asked for each upgrade, because an app can be mounted later. */
  readonly isPath: (path: string) => boolean
}

/** Takes the upgrades of one cable. */
export class Handshake implements UpgradeDelegate {
  readonly #hub: Hub
  readonly #options: ResolvedOptions
  readonly #protocols: ReadonlyMap<string, Protocol>
  readonly #isPath: (path: string) => boolean
  readonly #addresses: Addresses
  readonly #wss: WebSocketServer
  #warned = false
  #warnedOfProtocol = false

  constructor({ hub, options, protocols, isPath }: HandshakeParts) {
    this.#hub = hub
    this.#options = options
    this.#protocols = new Map(protocols.map((protocol) => [protocol.name, protocol]))
    this.#isPath = isPath
    this.#addresses = new Addresses(options.limits.connectionsPerAddress)
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression costs memory per connection and gains little on small messages.
      perMessageDeflate: false,
      maxPayload: options.limits.frameBytes,
      // What is kept of an unfinished message costs more than its bytes.
      maxFragments: 32,
      maxBufferedChunks: 4_096,
      handleProtocols: (offered) => [...offered].find((name) => this.#protocols.has(name)) ?? this.#noProtocol(offered),
      WebSocket: CableSocket,
    })
  }

  /** True for a WebSocket to one of the paths. */
  claims(request: IncomingMessage): boolean {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false
    const [path = ''] = (request.url ?? '').split('?', 1)
    return this.#isPath(path)
  }

  /** Answers an upgrade: with a WebSocket, or with a status that refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the handshake is done nobody else listens for errors of the socket, and an error would end the process.
    socket.on('error', onError)
    const full = this.#hub.size >= this.#options.limits.connections
    if (!originAllowed(request, this.#options)) this.#refuseOrigin(request, socket)
    else if (full) refuse(socket, 503, 'Too many connections')
    else if (!this.#addresses.admit(request)) refuse(socket, 503, 'Too many connections from one address')
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
      // `ws` agreed only to names of this map; '' is the name of the protocol for clients that offer none.
      const protocol = this.#protocols.get(ws.protocol) as Protocol
      // The option `WebSocket` above says that it is one.
      this.#hub.accept(new WebSocketTransport(ws as CableSocket, socket), protocol, visitor)
    })
  }

  // The answer names none, and a client that needs one closes without a word: browsers do, Action Cable's client does.
  #noProtocol(offered: ReadonlySet<string>): false {
    const names = [...offered].join(', ').slice(0, 100)
    const spoken = [...this.#protocols.keys()].map((name) => (name === '' ? 'none (the turbo-cable wire)' : name))
    const say = this.#warnedOfProtocol ? debug : warn
    this.#warnedOfProtocol = true
    say(
      `a client offers the subprotocols "${names}", and this cable speaks: ${spoken.join(', ')}. It was answered without one, and will probably close; use the client of turbo-cable, or another path for this client`,
    )
    return false
  }

  #refuseOrigin({ headers }: IncomingMessage, socket: Duplex): void {
    // A warning once, because the operator's proxy may not pass Host on. Not more often, because anybody can cause it.
    const say = this.#warned ? debug : warn
    this.#warned = true
    const behindProxy = isLocalHost(headers.host)
    say(
      behindProxy
        ? `refused a page of ${headers.origin}, as a proxy passes no Host of its own but ${headers.host}: let it pass Host (nginx: proxy_set_header Host $host), and see that it does not pass POST to the broadcast path from outside, as everybody looks local through it`
        : `refused a page of ${headers.origin} on host ${headers.host}: list it in allowedOrigins, or let the proxy pass Host (or set trustProxy)`,
    )
    refuse(socket, 403, 'Forbidden: origin not allowed')
  }
}

// Calls `ended` when the client closes. Nobody reads the socket before the handshake, so its end shows only if we try to read.
// What the client has sent already stays in the socket. Returns the undo.
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

// Answers an upgrade request with a status. There is no ServerResponse for it, so the answer is written by hand.
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
