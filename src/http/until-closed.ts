// What lasts until its response closes, or its socket. Both are asked: a response that waits behind another one on its socket never
// says that it is closed where the socket closes before its turn.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export class UntilClosed {
  /** How many of them are on each socket: requests may follow each other on one, also before the first is answered. */
  readonly #sockets = new WeakMap<Socket, number>()

  /** `gone` is told how many are over at once; those on one socket have the same. */
  add(socket: Socket, response: ServerResponse | undefined, gone: (count: number) => void): void {
    const others = this.#sockets.get(socket)
    this.#sockets.set(socket, (others ?? 0) + 1)
    response?.once('close', () => this.#over(socket, 1, gone))
    // One listener for all of them, however many there are.
    if (others === undefined) socket.once('close', () => this.#over(socket, Number.POSITIVE_INFINITY, gone))
  }

  #over(socket: Socket, most: number, gone: (count: number) => void): void {
    const here = this.#sockets.get(socket) ?? 0
    const count = Math.min(here, most)
    this.#sockets.set(socket, here - count)
    gone(count)
  }
}
