// What was said last about each name, and when, by this process's own clock. Removals may be said again by any process, in any order:
// of two about the same the later one counts, whoever said it.

import { forgetOldest } from '../engine/oldest'

/** Of how many names it is known. */
const most = 10_000

/** How far we may be wrong about when another process said something, ms: clocks of two machines are compared by their answers. */
const doubt = 100

/** Where it was heard: said by this process itself, in its turn in the log, or said again, which any process may do late. */
type Whence = 'here' | 'log' | 'again'

interface Word {
  readonly type: string
  /** When it was said, by `performance.now()`. */
  readonly at: number
  readonly from: Whence
  /** Something was missed since: what the engine has kept may be later. */
  readonly doubtful: boolean
}

/** The last word about each name. */
export class LastWords {
  readonly #words = new Map<string, Word>()

  /**
   * Takes a word; false for one that does not count, as another was said later. `at` is minus infinity where nobody knows when it
   * was said: then it counts unless another one is known for certain.
   */
  take(name: string, type: string, at: number, from: Whence): boolean {
    const last = this.#words.get(name)
    const isOther = last !== undefined && last.type !== type
    if (at !== Number.NEGATIVE_INFINITY) {
      if (isOther && isLater(last, at, from)) return false
      this.#note(name, { type, at: Math.max(at, last?.at ?? at), from, doubtful: false })
    } else if (isOther) {
      if (!last.doubtful) return false
      // It was said after that one, or the engine would not have it.
      this.#note(name, { type, at: last.at, from: 'log', doubtful: false })
    }
    return true
  }

  /** Whether something else was surely said of it after that time. */
  overrules(name: string, type: string, at: number): boolean {
    const last = this.#words.get(name)
    return last !== undefined && last.type !== type && last.at - doubt >= at
  }

  /** Something was missed: there may be later words about each name. */
  missed(): void {
    for (const [name, word] of this.#words) this.#words.set(name, { ...word, doubtful: true })
  }

  #note(name: string, word: Word): void {
    this.#words.delete(name)
    this.#words.set(name, word)
    forgetOldest(this.#words, most)
  }
}

// Whether the last word was said after one that is heard now.
function isLater(last: Word, at: number, from: Whence): boolean {
  // A log has them in their order, and this process knows its own.
  if (from === 'log' && last.from === 'log' && !last.doubtful) return false
  if (from === 'here' && last.from === 'here') return last.at > at
  // Of two that may be of one moment the one counts that is heard last: all processes hear them in one order.
  return last.at - doubt > at
}
