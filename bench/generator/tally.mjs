// Counts deliveries, and measures how old they are where that is asked for.

import { sequenceAt, sequenceMark } from './poster.mjs'

export class Tally {
  received = 0
  #target = Number.POSITIVE_INFINITY
  #reached
  #failed
  #due
  #ages
  #aged = 0
  #mark = -1

  /** Starts at zero. With `due`, the times at which messages were due by their number, ages are kept, up to `most`. */
  start({ due, most = 0 } = {}) {
    this.received = 0
    this.#target = Number.POSITIVE_INFINITY
    this.#due = due
    this.#ages = new Float64Array(most)
    this.#aged = 0
  }

  /** Resolves once that many have come. Fewer within `patience` ms is an error: a benchmark that loses messages is none. */
  async reach(target, patience) {
    this.#target = target
    let timer
    await new Promise((resolve, reject) => {
      this.#reached = resolve
      this.#failed = reject
      timer = setTimeout(() => reject(new Error(`${this.received} of ${target} deliveries came`)), patience)
      this.read()
    }).finally(() => clearTimeout(timer))
    this.#reached = this.#failed = undefined
    if (this.received !== target) throw new Error(`${this.received} deliveries came where ${target} were due`)
  }

  /** Ages in ms, ascending. */
  ages() {
    return this.#ages.subarray(0, this.#aged).sort()
  }

  delivered(bytes, start) {
    this.received++
    if (!this.#due) return
    if (this.#mark === -1) this.#mark = bytes.indexOf(sequenceMark, start) - start
    this.#ages[this.#aged++] = performance.now() - this.#due[sequenceAt(bytes, start + this.#mark)]
  }

  read() {
    if (this.received >= this.#target) this.#reached?.()
  }

  lost(why) {
    const error = new Error(`a subscriber was lost: ${why}`)
    if (this.#failed) this.#failed(error)
    else throw error
  }
}
