// Doing a thing once, however often it is asked for under the same id: a sender that got no answer asks again. Bounded by
// number, oldest first, so that ids cost what they are worth.

import { maxIdLength } from '../options/limits'

const kept = 10_000

export class Once<Result> {
  readonly #results = new Map<string, Promise<Result>>()

  /** Runs `work`, or returns what it came to for this id before. What fails, and what has no usable id, may be done again. */
  run(id: unknown, work: () => Promise<Result>, failed: (result: Result) => boolean): Promise<Result> {
    if (typeof id !== 'string' || id === '' || id.length > maxIdLength) return work()
    const known = this.#results.get(id)
    if (known) return known
    const result = work()
    this.#results.set(id, result)
    const forget = () => this.#results.get(id) === result && this.#results.delete(id)
    result.then((value) => failed(value) && forget(), forget)
    for (const [oldest] of this.#results) {
      if (this.#results.size <= kept) break
      this.#results.delete(oldest)
    }
    return result
  }
}
