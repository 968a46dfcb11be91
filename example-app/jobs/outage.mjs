// Cuts a visitor off in the middle of a run of numbers. The numbers go on: for the others, and into the history.
import { lastNumber, recordOutage, sendNumber } from '../models/number.mjs'

const before = 4
const during = 16
const after = 8

export class Numbers {
  #jobs
  #left = 0

  constructor(jobs) {
    this.#jobs = jobs
  }

  /** From now on this many numbers are sent, at the jobs' pace, also to those who look on. */
  send(count) {
    const idle = this.#left === 0
    this.#left = Math.max(this.#left, count)
    if (idle) this.#jobs.start(() => this.#run())
  }

  async #run() {
    for (; this.#left > 0; this.#left--) {
      await sendNumber()
      await this.#jobs.pause()
    }
  }
}

/** Sends some numbers, cuts the visitor off, sends more, and lets the visitor in again. Not twice at a time. */
export async function cutOff(visitor, { numbers, network, jobs }) {
  numbers.send(before + during + after)
  await jobs.pause(before)
  if (!network.cut(visitor)) return
  const first = lastNumber() + 1
  try {
    await jobs.pause(during)
  } finally {
    network.mend(visitor)
  }
  await recordOutage(visitor, { first, last: lastNumber() })
}
