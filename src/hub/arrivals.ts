// Those who are at the door: the app is being asked who they are. They count as connections, and a disconnect reaches them.

import type { Identity } from '../options'
import { verdict } from '../verdict'

type Match = (identity: Identity) => boolean

/** One of them. */
export interface Arrival {
  /** Called when the door is closed meanwhile. */
  readonly turnAway: () => void
  /** Who was disconnected meanwhile. */
  readonly disconnected: Match[]
}

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
    const arrival = { turnAway, disconnected: [] }
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

  /** Keeps out those who match. */
  disconnect(match: Match): void {
    for (const { disconnected } of this.#present) disconnected.push(match)
  }

  /** Turns all of them away. */
  close(): void {
    const all = [...this.#present]
    this.#present.clear()
    for (const { turnAway } of all) turnAway()
  }
}

/** Whether this identity was disconnected while it arrived. A `match` that throws keeps out. */
export function wasDisconnected({ disconnected }: Arrival, identity: Identity): boolean {
  return disconnected.some((match) => verdict('disconnect', () => match(identity), true))
}
