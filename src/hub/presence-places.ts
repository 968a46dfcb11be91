// How many identities of a stream are listed. Who comes when it is full waits for a place.

import { logger, warn } from '../log'

const debug = logger('presence')

/** The places on all streams. */
export class PresencePlaces {
  readonly #most: number
  /** How many are listed on a stream, over all processes. */
  readonly #listed: (stream: string) => number
  /** How many this hub has told the others of: not all of these have come back yet. */
  readonly #told = new Map<string, number>()
  /** Streams on which somebody waits. */
  readonly #crowded = new Set<string>()
  #complained = false

  constructor(most: number, listed: (stream: string) => number) {
    this.#most = most
    this.#listed = listed
  }

  /** Takes a place; false if there is none. */
  take(stream: string): boolean {
    const told = this.#told.get(stream) ?? 0
    if (Math.max(this.#listed(stream), told) < this.#most) {
      this.#told.set(stream, told + 1)
      return true
    }
    this.#crowded.add(stream)
    const say = this.#complained ? debug : warn
    this.#complained = true
    say(`more than ${this.#most} identities are on "${stream}": no more are listed (limits.identitiesPerStream)`)
    return false
  }

  /** Gives a place back. */
  give(stream: string): void {
    const told = (this.#told.get(stream) ?? 0) - 1
    if (told > 0) this.#told.set(stream, told)
    else this.#told.delete(stream)
  }

  /** Somebody has left a stream: true if others wait for that. They try again, all of them. */
  freed(stream: string): boolean {
    return this.#crowded.delete(stream)
  }
}
