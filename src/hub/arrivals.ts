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
  readonly #all = new Set<Arrival>()

  get size(): number {
    return this.#all.size
  }

  expect(turnAway: () => void): Arrival {
    const arrival = { turnAway, disconnected: [] }
    this.#all.add(arrival)
    return arrival
  }

  /** Takes one off the list; false when it was off already. */
  remove(arrival: Arrival): boolean {
    return this.#all.delete(arrival)
  }

  /** Keeps out those who match. */
  disconnect(match: Match): void {
    for (const { disconnected } of this.#all) disconnected.push(match)
  }

  /** Turns all of them away. */
  close(): void {
    const all = [...this.#all]
    this.#all.clear()
    for (const { turnAway } of all) turnAway()
  }
}

/** Whether this identity was disconnected while it arrived. A `match` that throws keeps out. */
export function wasDisconnected({ disconnected }: Arrival, identity: Identity): boolean {
  return disconnected.some((match) => verdict('disconnect', () => match(identity), true))
}
