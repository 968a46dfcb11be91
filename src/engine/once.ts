// Does a thing once, however often it is asked for under the same id: a sender that got no answer sends again. Only so many ids
// are kept; the oldest is forgotten first.

const kept = 10_000
const maxIdLength = 128

/** Remembers what was done, by id. */
export class Once {
  readonly #done = new Map<string, Promise<void>>()

  /**
   * Runs `work`, unless it was run under this id before: then returns the promise of that run. Work that failed runs again, and so
   * does work without an id or with one of more than 128 characters.
   */
  run(id: string | undefined, work: () => Promise<void>): Promise<void> {
    if (id === undefined || id === '' || id.length > maxIdLength) return work()
    const known = this.#done.get(id)
    if (known) return known
    const done = work()
    this.#done.set(id, done)
    done.catch(() => this.#done.get(id) === done && this.#done.delete(id))
    for (const [oldest] of this.#done) {
      if (this.#done.size <= kept) break
      this.#done.delete(oldest)
    }
    return done
  }
}
