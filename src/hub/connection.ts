// One client's socket: reads its commands, writes frames straight to the TCP socket, and holds nothing per message.
// The listeners are shared functions, so a connection costs no closures.

import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { logger } from '../log'
import { type Command, decode } from '../protocol/turbo-cable'
import type { Topic } from './subscriptions'

const debug = logger('connection')

/** What a connection tells its owner. */
export interface ConnectionDelegate {
  commandReceived(connection: Connection, command: Command): void
  frameReceived(connection: Connection): void
  connectionOverflowed(connection: Connection): void
  connectionClosed(connection: Connection): void
}

/** A WebSocket that knows its connection; ws makes these for us, by its `WebSocket` option. */
export class CableSocket extends WebSocket {
  connection: Connection | undefined
}

export class Connection {
  readonly subscriptions = new Map<string, Topic>()
  /** Chosen by the client for the life of its page; a broadcast can leave it out. */
  id: string | undefined
  /** True once it subscribed with a cursor: its pings then carry one too. */
  resumable = false
  /** Subscriptions whose replay has not been sent yet. */
  joining = 0
  /** Heartbeat's bookkeeping: the tick of the last inbound frame, and the slot it is pinged in. */
  heardAt = 0
  slot = 0
  /** True while the fan-out gathers several streams' frames for this socket. */
  gathering = false
  readonly #ws: CableSocket
  readonly #socket: Duplex
  readonly #delegate: ConnectionDelegate
  readonly #pendingBytes: number

  constructor(ws: CableSocket, socket: Duplex, pendingBytes: number, delegate: ConnectionDelegate) {
    this.#ws = ws
    this.#socket = socket
    this.#pendingBytes = pendingBytes
    this.#delegate = delegate
    ws.connection = this
    ws.on('message', onMessage)
    ws.on('pong', onPong)
    ws.on('ping', onPong)
    ws.on('close', onClose)
    ws.on('error', onError)
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /** Bytes handed to the socket that the network has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength
  }

  /** Writes whole frames. A client that lets more than its bound pile up is reported once, and gets nothing more. */
  write(frames: Buffer): void {
    if (!this.open) return
    this.#socket.write(frames)
    if (this.#socket.writableLength > this.#pendingBytes) this.#delegate.connectionOverflowed(this)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  /** Starts the closing handshake. */
  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  /** Ends the socket at once, without a handshake. */
  terminate(): void {
    this.#ws.terminate()
  }

  received(text: string): void {
    this.#delegate.frameReceived(this)
    const command = decode(text)
    if (command) this.#delegate.commandReceived(this, command)
  }

  heard(): void {
    this.#delegate.frameReceived(this)
  }

  closed(): void {
    this.#delegate.connectionClosed(this)
  }
}

function onMessage(this: WebSocket, data: Buffer, binary: boolean): void {
  const connection = (this as CableSocket).connection
  if (binary) connection?.heard()
  else connection?.received(data.toString())
}

function onPong(this: WebSocket): void {
  ;(this as CableSocket).connection?.heard()
}

function onClose(this: WebSocket): void {
  const socket = this as CableSocket
  socket.connection?.closed()
  socket.connection = undefined
}

// ws closes the socket by itself after an error (a frame too large, a broken frame): there is only something to say.
function onError(this: WebSocket, error: Error): void {
  debug('socket error: %s', error.message)
}
