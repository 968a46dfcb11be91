// One client's socket: reads its commands, writes frames straight to the TCP socket, and holds nothing per message.
// The listeners are shared functions, so a connection costs no closures.

import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { logger } from '../log'
import type { Identity, UpgradeRequest } from '../options/options'
import { type Command, decode } from '../protocol/turbo-cable'
import type { Visitor } from './gate'
import type { Subscription } from './subscriptions'
import { TokenBucket } from './token-bucket'

const debug = logger('connection')

/** What a connection tells its owner. */
export interface ConnectionDelegate {
  commandReceived(connection: Connection, command: Command): void
  frameReceived(connection: Connection): void
  connectionTooFast(connection: Connection): void
  connectionOverflowed(connection: Connection): void
  connectionClosed(connection: Connection): void
}

/** A WebSocket that knows its connection; ws makes these for us, by its `WebSocket` option. */
export class CableSocket extends WebSocket {
  connection: Connection | undefined

  /** Also called by ws itself, to answer a close and to refuse a broken frame. */
  override close(code?: number, data?: string | Buffer): void {
    this.connection?.ended()
    super.close(code, data)
  }
}

export interface ConnectionLimits {
  readonly pendingBytes: number
  readonly messagesPerSecond: number
}

export class Connection implements Visitor {
  readonly identity: Identity
  /** Kept only where the app's `authorize` will want it. */
  readonly request: UpgradeRequest | undefined
  /** By the names that were asked for. */
  readonly subscriptions = new Map<string, Subscription>()
  /** Names that the app has not yet answered for; made when there is one. */
  asking: Map<string, symbol> | undefined
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
  readonly #bucket: TokenBucket
  // Kept here and not asked of ws: a fan-out touches no object more per client than it must, for memory is slower than code.
  #ended = false
  #parting = false

  constructor(
    ws: CableSocket,
    socket: Duplex,
    limits: ConnectionLimits,
    visitor: Visitor,
    delegate: ConnectionDelegate,
  ) {
    this.identity = visitor.identity
    this.request = visitor.request
    this.#ws = ws
    this.#socket = socket
    this.#pendingBytes = limits.pendingBytes
    this.#bucket = new TokenBucket(limits.messagesPerSecond)
    this.#delegate = delegate
    ws.connection = this
    ws.on('message', onMessage)
    ws.on('pong', onPong)
    ws.on('ping', onPong)
    ws.on('close', onClose)
    ws.on('error', onError)
  }

  get open(): boolean {
    return !this.#ended && this.#socket.writable
  }

  /** Bytes handed to the socket that the network has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength
  }

  /** Writes whole frames. A client that lets more than its bound pile up is reported once, and gets nothing more. */
  write(frames: Buffer): void {
    if (!this.open || this.#parting) return
    this.#socket.write(frames)
    if (this.#socket.writableLength > this.#pendingBytes) this.#delegate.connectionOverflowed(this)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  /** Our close frame is on its way: nothing may follow it (RFC 6455 §5.5.1). */
  ended(): void {
    this.#ended = true
  }

  /** Starts the closing handshake. */
  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  /** A last frame, then the closing handshake; cut off where that takes longer than `grace` ms. */
  part(farewell: Buffer, code: number, grace: number): void {
    if (!this.open || this.#parting) return
    this.#parting = true
    this.#socket.write(farewell)
    this.#ws.close(code)
    const cutOff = setTimeout(() => this.terminate(), grace)
    cutOff.unref()
    this.#ws.once('close', () => clearTimeout(cutOff))
  }

  /** Ends the socket at once, without a handshake. */
  terminate(): void {
    this.#ws.terminate()
  }

  received(data: Buffer): void {
    if (!this.#listens()) return
    const command = decode(data.toString())
    if (command) this.#delegate.commandReceived(this, command)
  }

  /** A frame that says nothing but that somebody is there. */
  heard(): void {
    this.#listens()
  }

  closed(): void {
    this.#delegate.connectionClosed(this)
  }

  #listens(): boolean {
    if (this.#parting) return false
    this.#delegate.frameReceived(this)
    if (this.#bucket.take()) return true
    this.#delegate.connectionTooFast(this)
    return false
  }
}

function onMessage(this: WebSocket, data: Buffer, binary: boolean): void {
  const connection = (this as CableSocket).connection
  if (binary) connection?.heard()
  else connection?.received(data)
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
