// Makes a client of the hub out of an upgrade request: decides which requests are ours and which protocol is spoken. `ws` does the handshake.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Visitor } from '../hub/gate'
import type { Hub } from '../hub/hub'
import { logger, warn } from '../log'
import type { ResolvedOptions } from '../options/options'
import type { DisconnectReason, Protocol } from '../protocol/protocol'
import { CableSocket, WebSocketTransport } from '../transport/websocket'
import type { Entrance } from './entrance'
import { tellRefused } from './refusals'
import type { UpgradeDelegate } from './upgrade'

const debug = logger('upgrade')

// How long a client that is turned away may take to close, ms.
const patience = 2_000

/** What `Handshake` works with. */
export interface HandshakeParts {
  readonly hub: Hub
  readonly options: ResolvedOptions
  readonly entrance: Entrance
  /** The protocols that a client may choose by its subprotocol. */
  readonly protocols: readonly Protocol[]
  /** Whether this is a full path of the endpoint, without query. Asked for each upgrade, because an app can be mounted later. */
  readonly isPath: (path: string) => boolean
}

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** Takes the upgrades of one cable. */
export class Handshake implements UpgradeDelegate {
  readonly #hub: Hub
  readonly #protocols: ReadonlyMap<string, Protocol>
  readonly #isPath: (path: string) => boolean
  readonly #entrance: Entrance
  readonly #wss: WebSocketServer
  #warnedOfProtocol = false

  constructor({ hub, options, entrance, protocols, isPath }: HandshakeParts) {
    this.#hub = hub
    this.#entrance = entrance
    this.#protocols = new Map(protocols.map((protocol) => [protocol.name, protocol]))
    this.#isPath = isPath
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
    this.#entrance.enter({
      request,
      accept: (visitor) => this.#accept(request, socket, head, visitor),
      refuse: (status, text, reason = 'unauthorized') => {
        tellRefused(this.#hub.id, 'websocket', request, { status, text })
        const protocol = status === 401 ? this.#chosen(request) : undefined
        if (protocol) this.#turnAway({ request, socket, head }, protocol, reason)
        else refuse(socket, status, text)
      },
      watch: (left) => watchForEnd(socket, left),
    })
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

  // What a client chooses that speaks by a subprotocol.
  #chosen({ headers }: IncomingMessage): Protocol | undefined {
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    return this.#protocols.get(offered.find((name) => name !== '' && this.#protocols.has(name)) ?? ' ')
  }

  // A web page is not shown the status of a refused upgrade, and so clients come again and again. Those of Action Cable stop when
  // they are told, in their own words, that nobody knows them.
  #turnAway({ request, socket, head }: Upgrade, protocol: Protocol, reason: DisconnectReason): void {
    debug('turned away: %s', reason)
    socket.off('error', onError)
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', onError)
      for (const text of protocol.encode({ type: 'disconnect', reason, reconnect: false })) ws.send(text)
      ws.close(1008, reason)
      setTimeout(() => ws.terminate(), patience).unref()
    })
  }

  // The answer names none, and a client that needs one closes without a word: browsers do, Action Cable's client does.
  #noProtocol(offered: ReadonlySet<string>): false {
    // Cut off each, because some clients bring a token in one of them.
    const names = [...offered]
      .map((name) => name.slice(0, 30))
      .join(', ')
      .slice(0, 100)
    const spoken = [...this.#protocols.keys()].map((name) => (name === '' ? 'none (the turbo-cable wire)' : name))
    const say = this.#warnedOfProtocol ? debug : warn
    this.#warnedOfProtocol = true
    say(
      `a client offers the subprotocols "${names}", and this cable speaks: ${spoken.join(', ')}. It was answered without one, and will probably close; use the client of turbo-cable, or another path for this client`,
    )
    return false
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
