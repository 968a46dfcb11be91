// How far the log has been read, and who waits for that.

interface Waiting {
  readonly sequence: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** A sequence that grows. */
export class Reach {
  #sequence = 0
  readonly #waiting = new Set<Waiting>()

  get sequence(): number {
    return this.#sequence
  }

  /** It has come as far as this. */
  at(sequence: number): void {
    this.#sequence = sequence
    if (this.#waiting.size === 0) return
    for (const each of this.#waiting) {
      if (each.sequence > sequence) continue
      this.#waiting.delete(each)
      each.resolve()
    }
  }

  /** Resolves when it has come as far as a sequence. Rejects where it does not grow for so long, ms. */
  until(sequence: number, within: number): Promise<void> {
    if (sequence <= this.#sequence) return Promise.resolve()
    return new Promise((resolve, reject) => {
      let before = this.#sequence
      const timer = setInterval(() => {
        if (before === this.#sequence) waiting.reject(new Error(`nothing comes within ${within} ms`))
        before = this.#sequence
      }, within)
      timer.unref()
      const end = () => {
        clearInterval(timer)
        this.#waiting.delete(waiting)
      }
      const waiting: Waiting = {
        sequence,
        resolve: () => {
          end()
          resolve()
        },
        reject: (error) => {
          end()
          reject(error)
        },
      }
      this.#waiting.add(waiting)
    })
  }

  /** Whoever waits, waits in vain. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting) reject(error)
  }
}
