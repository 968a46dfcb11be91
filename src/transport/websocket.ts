// A WebSocket as a transport: ws reads, answers pings and closes; frames go straight to the TCP socket, because ws has no
// call for bytes that are framed already. The listeners are shared functions, so a connection costs no closures.

import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { logger } from '../log'
import type { Transport, TransportDelegate } from './transport'
import { websocketFraming } from './websocket-framing'

const debug = logger('connection')

/** A WebSocket that knows its transport; ws makes these for us, by its `WebSocket` option. */
export class CableSocket extends WebSocket {
  transport: WebSocketTransport | undefined

  /** Also called by ws itself, to answer a close and to refuse a broken frame. */
  override close(code?: number, data?: string | Buffer): void {
    this.transport?.ended()
    super.close(code, data)
  }
}

export class WebSocketTransport implements Transport {
  readonly #ws: CableSocket
  readonly #socket: Duplex
  // Kept here and not asked of ws: a fan-out touches no object more per client than it must, for memory is slower than code.
  #ended = false
  #delegate: TransportDelegate | undefined

  /** `socket` is the one that the handshake of `ws` was done on. */
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

  /** A close frame is on its way: nothing may follow it (RFC 6455 §5.5.1). */
  ended(): void {
    this.#ended = true
  }

  message(data: Buffer, binary: boolean): void {
    if (binary) this.#delegate?.heard()
    else this.#delegate?.received(data.toString())
  }

  heard(): void {
    this.#delegate?.heard()
  }

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

// ws closes the socket by itself after an error (a frame too large, a broken frame): there is only something to say.
function onError(this: WebSocket, error: Error): void {
  debug('socket error: %s', error.message)
}
