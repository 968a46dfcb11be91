// How many sockets each address has, so that one of them cannot take all the places.

import type { IncomingMessage } from 'node:http'

export class Addresses {
  readonly #most: number | undefined
  readonly #counts = new Map<string, number>()

  /** `most` is how many one address may have; undefined for no limit. */
  constructor(most: number | undefined) {
    this.#most = most
  }

  /** Counts a request's socket until it closes; false, and not counted, where its address has as many as it may. */
  admit({ socket }: IncomingMessage): boolean {
    if (this.#most === undefined) return true
    const address = socket.remoteAddress ?? ''
    const count = this.#counts.get(address) ?? 0
    if (count >= this.#most) return false
    this.#counts.set(address, count + 1)
    socket.once('close', () => {
      const left = (this.#counts.get(address) ?? 1) - 1
      if (left > 0) this.#counts.set(address, left)
      else this.#counts.delete(address)
    })
    return true
  }
}
