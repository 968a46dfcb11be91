// What this process has read of the log: the history, within its bounds, and the ids of what was taken. Every process reads the
// same log in the same order, and so comes to the same.

import type { HistoryBounds, Positioned } from '../engine'
import { History } from '../history'
import { forgetOldest } from '../oldest'
import { type Batch, positionOf } from './entry'

/** How many ids are remembered. */
const keptIds = 10_000

/** The history as the log tells it. */
export class Book {
  readonly #bounds: HistoryBounds
  readonly #now: (() => number) | undefined
  readonly #history: History
  readonly #ids = new Set<string>()

  /** It begins after a position, of which and before which it knows nothing. `now` is the clock of a test, ms. */
  constructor(bounds: HistoryBounds, after: number, now?: () => number) {
    this.#bounds = bounds
    this.#now = now
    this.#history = new History(bounds, now ?? (() => performance.now()))
    this.#history.forgetAll(after)
  }

  /** Takes a batch in, that was written at a time of the server's clock, ms. Returns what of it is to be handed on. */
  take(batch: Batch, sequence: number, written: number, cursorAt: (position: number) => string): Positioned[] {
    const known = this.#ids.has(batch.id)
    if (batch.named) this.note(batch.id)
    for (const id of batch.givenUp) this.note(id)
    if (known) return []
    const { ttl } = this.#bounds
    const age = this.#now ? this.#now() - (batch.at ?? 0) : Date.now() - written
    const left = ttl - Math.min(ttl, Math.max(0, age))
    return batch.broadcasts.map(({ stream, json, exclude }, index) => {
      const position = positionOf(sequence, index)
      const message = { stream, json, exclude, position, cursor: cursorAt(position) }
      this.#history.keep(message, left)
      return message
    })
  }

  /** The messages of a stream after a position; undefined when one of them is gone. */
  since(stream: string, seen: number): readonly Positioned[] | undefined {
    return this.#history.since(stream, seen)
  }

  /** Forgets every message: a cursor before this position has a gap. */
  forgetAll(position: number): void {
    this.#history.forgetAll(position)
  }

  /** Takes an id for done. */
  note(id: string): void {
    this.#ids.add(id)
    forgetOldest(this.#ids, keptIds)
  }

  /** Whether something with this id was taken. */
  knows(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Ends its timer. */
  stop(): void {
    this.#history.stop()
  }
}
