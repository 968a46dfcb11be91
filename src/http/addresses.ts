// How many clients each address has, so that one of them cannot take all the places.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { UntilClosed } from './until-closed'

export class Addresses {
  readonly #most: number | undefined
  readonly #counts = new Map<string, number>()
  readonly #clients = new UntilClosed()

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
    this.#clients.add(socket, response, (gone) => this.#gone(address, gone))
    return true
  }

  #gone(address: string, gone: number): void {
    const left = (this.#counts.get(address) ?? 0) - gone
    if (left > 0) this.#counts.set(address, left)
    else this.#counts.delete(address)
  }
}
