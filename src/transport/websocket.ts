// A WebSocket as a transport. `ws` reads, answers pings and closes. Frames are written straight to the TCP socket, because `ws` has
// no function for bytes that are framed already. A socket has no listeners: a table of them is a tenth of what a connection costs.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { logger } from '../log'
import type { Transport, TransportDelegate } from './transport'
import { websocketFraming } from './websocket-framing'

const debug = logger('connection')

/** A WebSocket that knows its transport. `ws` makes these if it is given the class as its option `WebSocket`. */
export class CableSocket extends WebSocket {
  /** Set once the transport is started. */
  transport: WebSocketTransport | undefined

  /** `ws` calls this too: to answer a close, and to refuse a broken frame. */
  override close(code?: number, data?: string | Buffer): void {
    this.transport?.ended()
    super.close(code, data)
  }

  /** What `ws` tells goes to the transport, once there is one. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    return this.transport?.told(event, values) ?? super.emit(event, ...values)
  }
}

/** A WebSocket whose handshake is done. */
export class WebSocketTransport implements Transport {
  readonly #ws: CableSocket
  readonly #socket: Duplex
  // Kept here, so that a write need not ask `ws`: a fan-out is fast if it touches few objects per client.
  #ended = false
  #delegate: TransportDelegate | undefined

  /** `socket` is the TCP or TLS socket under `ws`. */
  constructor(ws: CableSocket, socket: Duplex) {
    this.#ws = ws
    this.#socket = socket
  }

  get framing() {
    return websocketFraming
  }

  get open(): boolean {
    return !this.#ended && this.#socket.writable
  }

  get pending(): number {
    return this.#socket.writableLength
  }

  get address(): string | undefined {
    return (this.#socket as Partial<Socket>).remoteAddress
  }

  start(delegate: TransportDelegate): void {
    this.#delegate = delegate
    this.#ws.transport = this
  }

  write(frames: Buffer, taken?: () => void): void {
    if (this.open) this.#socket.write(frames, taken)
    else taken?.()
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  end(last: Buffer, code: number, reason?: string): void {
    this.write(last)
    this.#ws.close(code, reason)
  }

  destroy(): void {
    this.#ws.terminate()
  }

  /** Notes that a close frame is being sent: nothing may follow it (RFC 6455 §5.5.1). */
  ended(): void {
    this.#ended = true
  }

  /** Takes an event of `ws`. A ping, a pong and a binary message are only signs of life. */
  told(event: string | symbol, [first, second]: readonly unknown[]): true {
    if (event === 'message' && second === false) this.#delegate?.received(String(first))
    else if (event === 'message' || event === 'ping' || event === 'pong') this.#delegate?.heard()
    else if (event === 'close') this.#delegate?.closed()
    // `ws` closes the socket by itself then: a frame was too large or broken.
    else if (event === 'error') debug('socket error: %s', first instanceof Error ? first.message : first)
    return true
  }
}
