// From an upgrade request to a socket in the hub. ws does the handshake; which requests are ours is decided here.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CableSocket } from '../hub/connection'
import type { ResolvedOptions } from '../options'
import type { UpgradeDelegate } from './upgrade'

export interface SocketAcceptor {
  accept(ws: CableSocket, socket: Duplex): void
}

export class CableUpgrade implements UpgradeDelegate {
  readonly #paths: () => readonly string[]
  readonly #acceptor: SocketAcceptor
  readonly #wss: WebSocketServer

  /** `paths` tells the full paths of the endpoint, as in a request line without query; asked anew for each upgrade. */
  constructor(paths: () => readonly string[], options: ResolvedOptions, acceptor: SocketAcceptor) {
    this.#paths = paths
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
    this.#wss.handleUpgrade(request, socket, head, (ws) =>
      // ws was told above to make its sockets of this class.
      this.#acceptor.accept(ws as CableSocket, socket),
    )
  }
}
