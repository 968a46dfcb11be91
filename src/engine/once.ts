// Does a thing once, however often it is asked for under the same id: a sender that got no answer sends again. Only so many ids
// are kept; the oldest is forgotten first.

import { isUsableId } from '../options/limits'
import { forgetOldest } from './oldest'

const kept = 10_000

/** Remembers what was done, by id. */
export class Once {
  readonly #done = new Map<string, Promise<void>>()

  /** The ids of what was done, oldest first. */
  ids(): string[] {
    return [...this.#done.keys()]
  }

  /** Takes an id for done. */
  note(id: string): void {
    if (this.#done.has(id)) return
    this.#done.set(id, Promise.resolve())
    forgetOldest(this.#done, kept)
  }

  /** Runs `work`, or returns what it came to for this id before. What fails, and what has no usable id, may be done again. */
  run(id: string | undefined, work: () => Promise<void>): Promise<void> {
    if (!isUsableId(id)) return work()
    const known = this.#done.get(id)
    if (known) return known
    const done = work()
    this.#done.set(id, done)
    done.catch(() => this.#done.get(id) === done && this.#done.delete(id))
    forgetOldest(this.#done, kept)
    return done
  }
}
