// How many clients each address has, so that one of them cannot take all the places.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export class Addresses {
  readonly #most: number | undefined
  readonly #counts = new Map<string, number>()
  /** How many of them are on each socket: requests may follow each other on one, also before the first is answered. */
  readonly #sockets = new WeakMap<Socket, number>()

  /** `most` is how many one address may have; undefined for no limit. */
  constructor(most: number | undefined) {
    this.#most = most
  }

  /**
   * Counts a client until its socket closes, or before that its response ends, where it has one; false, and not counted, where its
   * address has as many as it may.
   */
  admit({ socket }: IncomingMessage, response?: ServerResponse): boolean {
    if (this.#most === undefined) return true
    const address = socket.remoteAddress ?? ''
    const count = this.#counts.get(address) ?? 0
    if (count >= this.#most) return false
    this.#counts.set(address, count + 1)
    const others = this.#sockets.get(socket)
    this.#sockets.set(socket, (others ?? 0) + 1)
    response?.once('close', () => this.#gone(address, socket, 1))
    // One listener for all of them, however many there are.
    if (others === undefined) socket.once('close', () => this.#gone(address, socket, Number.POSITIVE_INFINITY))
    return true
  }

  #gone(address: string, socket: Socket, most: number): void {
    const here = this.#sockets.get(socket) ?? 0
    const gone = Math.min(here, most)
    this.#sockets.set(socket, here - gone)
    const left = (this.#counts.get(address) ?? 0) - gone
    if (left > 0) this.#counts.set(address, left)
    else this.#counts.delete(address)
  }
}
