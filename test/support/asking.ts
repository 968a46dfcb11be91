// A function of the app's that is asked and answers when the test says so.

export interface Question<Asked> {
  readonly asked: Asked
  answer(value: unknown): void
  fail(error: unknown): void
}

export class Asking<Asked> {
  /** How often it was asked. */
  count = 0
  readonly #questions: Question<Asked>[] = []
  readonly #waiting: ((question: Question<Asked>) => void)[] = []

  /** To be handed to what asks. */
  readonly ask = (asked: Asked): Promise<never> => {
    this.count++
    return new Promise((resolve, reject) => {
      const question: Question<Asked> = { asked, answer: (value) => resolve(value as never), fail: reject }
      const waiting = this.#waiting.shift()
      if (waiting) waiting(question)
      else this.#questions.push(question)
    })
  }

  /** The next question that was not yet looked at. */
  next(): Promise<Question<Asked>> {
    const question = this.#questions.shift()
    return question ? Promise.resolve(question) : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
