// Waiting until something holds, for as long as the answer is wanted.

import type { Deadline } from './engine'

/** What may come to hold, and who waits for it. */
export class Waits {
  readonly #late: () => Error
  /** Looks whether it holds now. */
  readonly #looks = new Set<() => void>()

  /** `late` makes the error for an answer that is not wanted any more. */
  constructor(late: () => Error) {
    this.#late = late
  }

  /** Resolves when something holds. Rejects when the answer is not wanted any more. */
  until(holds: () => boolean, deadline?: Deadline): Promise<void> {
    if (holds()) return Promise.resolve()
    const signal = deadline?.signal
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#looks.delete(look)
        signal?.removeEventListener('abort', late)
      }
      const look = () => {
        if (!holds()) return
        end()
        resolve()
      }
      const late = () => {
        end()
        reject(this.#late())
      }
      this.#looks.add(look)
      signal?.addEventListener('abort', late)
      if (signal?.aborted) late()
    })
  }

  /** To be called whenever something may hold that did not. */
  look(): void {
    for (const each of this.#looks) each()
  }
}
