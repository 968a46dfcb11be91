// Clients that wait until the app has said who they are. They count as connections, and `disconnect` reaches them.

import type { Identity } from '../options/identity'
import { verdict } from '../verdict'

type Match = (identity: Identity) => boolean

/** One client that waits. */
export interface Arrival {
  /** Refuses the client. Called when the hub closes before the app has answered. */
  readonly turnAway: () => void
  /** When it came, ms since 1970. */
  readonly since: number
  /** What `disconnect` was given while the client waited. Asked once its identity is known. */
  readonly disconnected: Match[]
}

/** All clients that wait. */
export class Arrivals {
  readonly #present = new Set<Arrival>()
  readonly #unanswered = new Set<Arrival>()

  /** How many are at the door. */
  get size(): number {
    return this.#present.size
  }

  /** How many the app has yet to answer for: those who are gone meanwhile too, as they cost something until then. */
  get unanswered(): number {
    return this.#unanswered.size
  }

  /** Notes one that the app is asked about. */
  expect(turnAway: () => void): Arrival {
    const arrival = { turnAway, since: Date.now(), disconnected: [] }
    this.#present.add(arrival)
    this.#unanswered.add(arrival)
    return arrival
  }

  /** One has gone, and gives its place back. */
  gone(arrival: Arrival): void {
    this.#present.delete(arrival)
  }

  /** The app has answered; false when nobody waits for that any more. */
  answered(arrival: Arrival): boolean {
    this.#unanswered.delete(arrival)
    return this.#present.delete(arrival)
  }

  /** Refuses each client that waits now, had come by that time, ms since 1970, and turns out to match. */
  disconnect(match: Match, by = Number.POSITIVE_INFINITY): void {
    for (const { since, disconnected } of this.#present) if (since <= by) disconnected.push(match)
  }

  /** Removes and refuses all of them. */
  close(): void {
    const all = [...this.#present]
    this.#present.clear()
    for (const { turnAway } of all) turnAway()
  }
}

/** Whether this identity was disconnected while its client waited. If a `match` throws, the answer is yes. */
export function wasDisconnected({ disconnected }: Arrival, identity: Identity): boolean {
  return disconnected.some((match) => verdict('disconnect', match, [identity], true))
}
