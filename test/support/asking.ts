// A function of the app's that is asked and answers when the test says so.

import { Queue } from './queue.ts'

export interface Question<Asked> {
  readonly asked: Asked
  answer(value: unknown): void
  fail(error: unknown): void
}

export class Asking<Asked> {
  /** How often it was asked. */
  count = 0
  readonly #questions = new Queue<Question<Asked>>()

  /** To be handed to what asks. */
  readonly ask = (asked: Asked): Promise<never> => {
    this.count++
    return new Promise((resolve, reject) => {
      this.#questions.push({ asked, answer: (value) => resolve(value as never), fail: reject })
    })
  }

  /** The next question that was not yet looked at. */
  next(): Promise<Question<Asked>> {
    return this.#questions.next()
  }
}
