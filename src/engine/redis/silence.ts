// Whether something that was asked gets no answer. A server that says nothing for too long is taken for gone.

/** Watches one connection after another. */
export class Silence {
  readonly #patience: number
  readonly #over: () => void
  #asked = 0
  #heard = 0
  #timer: NodeJS.Timeout | undefined

  /** `over` is called when nothing was heard for `patience` ms while something was asked. */
  constructor(patience: number, over: () => void) {
    this.#patience = patience
    this.#over = over
  }

  /** Whether something has no answer yet. */
  get waits(): boolean {
    return this.#asked > 0
  }

  /** When it is over where nothing is heard any more, by `performance.now()`. */
  get end(): number {
    return (this.waits ? this.#heard : performance.now()) + this.#patience
  }

  /** Something more is asked. */
  ask(): void {
    if (this.#asked++ > 0) return
    this.#heard = performance.now()
    this.#watch()
  }

  /** An answer has come, or nobody waits for it any more. */
  hear(): void {
    this.#heard = performance.now()
    if (--this.#asked === 0) clearTimeout(this.#timer)
  }

  #watch(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), Math.ceil(this.end - performance.now()))
    this.#timer.unref()
  }

  #look(): void {
    if (!this.waits) return
    // A timer may be early by a part of a millisecond.
    if (performance.now() < this.end) {
      this.#watch()
      return
    }
    const heard = this.#heard
    // A process that was frozen itself has not read yet what has come.
    setImmediate(() => {
      if (!this.waits) return
      if (this.#heard === heard) this.#over()
      else this.#watch()
    })
  }
}
