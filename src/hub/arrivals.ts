// Clients that wait until the app has said who they are. They count as connections, and `disconnect` reaches them.

import type { Identity } from '../options'
import { verdict } from '../verdict'

type Match = (identity: Identity) => boolean

/** One client that waits. */
export interface Arrival {
  /** Refuses the client. Called when the hub closes before the app has answered. */
  readonly turnAway: () => void
  /** What `disconnect` was given while the client waited. Asked once its identity is known. */
  readonly disconnected: Match[]
}

/** All clients that wait. */
export class Arrivals {
  readonly #all = new Set<Arrival>()

  /** How many clients wait. */
  get size(): number {
    return this.#all.size
  }

  /** Adds a client. `turnAway` refuses it. */
  expect(turnAway: () => void): Arrival {
    const arrival = { turnAway, disconnected: [] }
    this.#all.add(arrival)
    return arrival
  }

  /** Removes a client. Returns false if it was removed before. */
  remove(arrival: Arrival): boolean {
    return this.#all.delete(arrival)
  }

  /** Refuses each client that waits now and turns out to match. */
  disconnect(match: Match): void {
    for (const { disconnected } of this.#all) disconnected.push(match)
  }

  /** Removes and refuses all of them. */
  close(): void {
    const all = [...this.#all]
    this.#all.clear()
    for (const { turnAway } of all) turnAway()
  }
}

/** Whether this identity was disconnected while its client waited. If a `match` throws, the answer is yes. */
export function wasDisconnected({ disconnected }: Arrival, identity: Identity): boolean {
  return disconnected.some((match) => verdict('disconnect', () => match(identity), true))
}
