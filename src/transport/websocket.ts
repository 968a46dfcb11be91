// A WebSocket as a transport. `ws` reads, answers pings and closes. Frames are written straight to the TCP socket, because `ws` has
// no function for bytes that are framed already. All connections share the listeners, so none has closures of its own.

import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { logger } from '../log'
import type { Transport, TransportDelegate } from './transport'
import { websocketFraming } from './websocket-framing'

const debug = logger('connection')

/** A WebSocket that knows its transport. `ws` makes these if it is given the class as its option `WebSocket`. */
export class CableSocket extends WebSocket {
  /** Set while the transport is started. */
  transport: WebSocketTransport | undefined

  /** `ws` calls this too: to answer a close, and to refuse a broken frame. */
  override close(code?: number, data?: string | Buffer): void {
    this.transport?.ended()
    super.close(code, data)
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

  start(delegate: TransportDelegate): void {
    this.#delegate = delegate
    this.#ws.transport = this
    this.#ws.on('message', onMessage)
    this.#ws.on('pong', onPong)
    this.#ws.on('ping', onPong)
    this.#ws.on('close', onClose)
    this.#ws.on('error', onError)
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

  /** Takes a message from `ws`. A binary one is only a sign of life. */
  message(data: Buffer, binary: boolean): void {
    if (binary) this.#delegate?.heard()
    else this.#delegate?.received(data.toString())
  }

  /** Takes a ping or pong from `ws`. */
  heard(): void {
    this.#delegate?.heard()
  }

  /** Takes the end from `ws`. */
  closed(): void {
    this.#delegate?.closed()
    this.#ws.transport = undefined
  }
}

function onMessage(this: WebSocket, data: Buffer, binary: boolean): void {
  ;(this as CableSocket).transport?.message(data, binary)
}

function onPong(this: WebSocket): void {
  ;(this as CableSocket).transport?.heard()
}

function onClose(this: WebSocket): void {
  ;(this as CableSocket).transport?.closed()
}

// After an error, such as a frame that is too large or broken, `ws` closes the socket by itself.
function onError(this: WebSocket, error: Error): void {
  debug('socket error: %s', error.message)
}
