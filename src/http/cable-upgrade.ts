// From an upgrade request to a socket in the hub: which requests are ours, and who is refused before there is a socket.
// ws does the handshake.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CableSocket } from '../hub/connection'
import type { Visitor } from '../hub/gate'
import { logger, warn } from '../log'
import type { Identity, ResolvedOptions } from '../options/options'
import { verdict } from '../verdict'
import { admitted, asksNobody } from './admission'
import { originAllowed } from './origin'
import type { UpgradeDelegate } from './upgrade'

const debug = logger('upgrade')

export interface SocketAcceptor {
  accept(ws: CableSocket, socket: Duplex, visitor: Visitor): void
  stats(): { readonly connections: number }
  readonly closed: boolean
}

/** An upgrade that the app is being asked about, and whom it disconnected meanwhile. */
interface Pending {
  readonly socket: Duplex
  readonly disconnected: ((identity: Identity) => boolean)[]
}

export class CableUpgrade implements UpgradeDelegate {
  readonly #paths: () => readonly string[]
  readonly #options: ResolvedOptions
  readonly #acceptor: SocketAcceptor
  readonly #wss: WebSocketServer
  readonly #pending = new Set<Pending>()
  #warned = false

  /** `paths` tells the full paths of the endpoint, as in a request line without query; asked anew for each upgrade. */
  constructor(paths: () => readonly string[], options: ResolvedOptions, acceptor: SocketAcceptor) {
    this.#paths = paths
    this.#options = options
    this.#acceptor = acceptor
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression costs memory per connection and gains little on small messages.
      perMessageDeflate: false,
      maxPayload: options.limits.frameBytes,
      // No subprotocol is spoken here; whoever insists on one shall learn that from the handshake.
      handleProtocols: () => false,
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
    const { connections } = this.#acceptor.stats()
    const full = connections + this.#pending.size >= this.#options.limits.connections
    if (!originAllowed(request, this.#options)) this.#refuseOrigin(request, socket)
    else if (full) refuse(socket, 503, 'Too many connections')
    else if (asksNobody(this.#options)) this.#accept(request, socket, head, { identity: undefined, request })
    else void this.#acceptWhenAdmitted(request, socket, head)
  }

  /** Also keeps out those who match and whom the app is just being asked about. */
  disconnect(match: (identity: Identity) => boolean): void {
    for (const { disconnected } of this.#pending) disconnected.push(match)
  }

  /** Refuses those whom the app is still being asked about. */
  close(): void {
    for (const { socket } of this.#pending) refuse(socket, 503, 'Closing')
    this.#pending.clear()
  }

  async #acceptWhenAdmitted(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const pending: Pending = { socket, disconnected: [] }
    this.#pending.add(pending)
    // The app may take its time, or for ever: a client that leaves meanwhile gives its place back.
    const unwatch = watchForEnd(socket, () => this.#pending.delete(pending))
    const visitor = await admitted(request, this.#options)
    unwatch()
    if (!this.#pending.delete(pending)) return
    if ('status' in visitor) refuse(socket, visitor.status, visitor.text)
    else if (this.#acceptor.closed) refuse(socket, 503, 'Closing')
    else if (isOneOf(pending.disconnected, visitor.identity)) refuse(socket, 401, 'Unauthorized')
    else this.#accept(request, socket, head, visitor)
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, visitor: Visitor): void {
    socket.off('error', onError)
    this.#wss.handleUpgrade(request, socket, head, (ws) =>
      // ws was told above to make its sockets of this class.
      this.#acceptor.accept(ws as CableSocket, socket, visitor),
    )
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

function isOneOf(matches: readonly ((identity: Identity) => boolean)[], identity: Identity): boolean {
  return matches.some((match) => verdict('disconnect', () => match(identity), true))
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
