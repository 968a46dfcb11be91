// Time that passes only when a test says so.

import type { Clock } from '../../client/clock.ts'

type Timer = { due: number; callback: () => void }

export class FakeClock implements Clock {
  #now = 1_000_000
  readonly Date = { now: () => this.#now }
  readonly #timers = new Set<Timer>()

  /** How many timers are waiting. */
  get size(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const timer = { due: this.#now + milliseconds, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** Time has passed without a timer, as in a machine that slept. */
  jump(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** Lets time pass and runs what falls due, in its order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
      if (!next) break
      this.#timers.delete(next)
      this.#now = next.due
      next.callback()
    }
    this.#now = end
  }
}
