// When a text is said again after the log of its hub was lost: what pages then fetch is of a hub that may not know the text any more.

/** So long after the loss, ms: soon, and once more when other processes, which need about a second to notice, have begun anew too. */
const moments = [100, 3_000]

/** Calls back some moments after each loss. */
export class SaidAgain {
  readonly #say: () => void
  #timers: NodeJS.Timeout[] = []

  constructor(say: () => void) {
    this.#say = say
  }

  /** The log was lost now. */
  lost(): void {
    this.end()
    const due = () => {
      this.#timers.shift()
      this.#say()
    }
    this.#timers = moments.map((after) => setTimeout(due, after))
  }

  /** Calls back no more. Returns whether it would have. */
  end(): boolean {
    const left = this.#timers.splice(0)
    for (const timer of left) clearTimeout(timer)
    return left.length > 0
  }
}
