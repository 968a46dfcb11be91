// A response that never ends as a transport: server-sent events (WHATWG HTML §9.2). The client cannot answer.

import type { ServerResponse } from 'node:http'
import { logger } from '../log'
import type { Framing, Transport, TransportDelegate } from './transport'

const debug = logger('connection')

/** Its texts are whole events already. A comment keeps a connection open, and no client shows it. */
export const eventStreamFraming: Framing = {
  name: 'event-stream',
  frame: (text) => Buffer.from(text),
  around: (head, payload, tail) => Buffer.concat([Buffer.from(head), payload, Buffer.from(tail)]),
  keepAlive: Buffer.from(': ping\n\n'),
}

/** A response whose head has been written. */
export class EventStreamTransport implements Transport {
  readonly oneWay = true
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get framing() {
    return eventStreamFraming
  }

  get open(): boolean {
    return this.#response.writable && !this.#response.destroyed
  }

  get pending(): number {
    return this.#response.writableLength
  }

  get address(): string | undefined {
    return this.#response.socket?.remoteAddress
  }

  start(delegate: TransportDelegate): void {
    // A response that waits behind another one on its socket never says that it is closed.
    const socket = this.#response.req?.socket
    let ended = false
    const closed = () => {
      socket?.off('close', closed)
      if (!ended) delegate.closed()
      ended = true
    }
    this.#response.once('close', closed)
    socket?.once('close', closed)
    if (socket?.destroyed) setImmediate(closed)
    this.#response.on('error', (error) => debug('response error: %s', error.message))
  }

  write(frames: Buffer, taken?: () => void): void {
    if (this.open) this.#response.write(frames, taken && (() => taken()))
    else taken?.()
  }

  cork(): void {
    this.#response.cork()
  }

  uncork(): void {
    this.#response.uncork()
  }

  end(last: Buffer): void {
    if (this.open) this.#response.end(last)
  }

  destroy(): void {
    const { req, socket } = this.#response
    this.#response.destroy()
    // One that waits behind another response would be destroyed at its turn, which may never come.
    if (!socket) req?.socket.destroy()
  }
}
