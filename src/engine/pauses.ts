// When a connection that has ended is made again: after a pause that doubles, and that each process draws for itself.

const firstPause = 50
const longestPause = 2_000

/** The pauses between the attempts of one connection. */
export class Pauses {
  #pause = firstPause
  #timer: NodeJS.Timeout | undefined

  /** True while a pause is under way. */
  get underWay(): boolean {
    return this.#timer !== undefined
  }

  /** Calls `then` after the next pause, unless `stop` comes first. The process may end meanwhile. */
  begin(then: () => void): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        then()
      },
      this.#pause * (0.5 + Math.random() / 2),
    )
    this.#timer.unref()
    this.#pause = Math.min(longestPause, this.#pause * 2)
  }

  /** An attempt has succeeded: the next pause is a short one again. */
  reset(): void {
    this.#pause = firstPause
  }

  /** There will be no other attempt. */
  stop(): void {
    clearTimeout(this.#timer)
  }
}
