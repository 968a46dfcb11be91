// What comes into the log after its sender has given it up: every process leaves it out, by the server's clock.

import { forgetOldest } from '../oldest'
import { ServerClock } from '../server-clock'
import type { Entry } from './entry'

/** How many entries that came too late are remembered, for those who sent them. */
const kept = 1_000

/** The entries of one log that came too late. */
export class Late {
  readonly #clock = new ServerClock()
  readonly #sequences = new Set<number>()

  /** The server's clock at a time of `performance.now()`, ms; undefined while nobody knows. */
  clockAt(time: number): number | undefined {
    return this.#clock.at(time)
  }

  /** Takes the server's time, ms, of an entry that has just been written. */
  wrote(time: number): void {
    this.#clock.said(time)
  }

  /** Whether an entry is one of them. `written` is the server's time, ms. */
  take(entry: Entry | undefined, sequence: number, written: number): boolean {
    if (entry?.till === undefined || written < entry.till) return false
    this.#sequences.add(sequence)
    forgetOldest(this.#sequences, kept)
    return true
  }

  /** Whether an entry was one of them. */
  has(sequence: number): boolean {
    return this.#sequences.has(sequence)
  }

  /** The next connection may lead to a server with another clock. */
  forgetClock(): void {
    this.#clock.forget()
  }

  /** Another log has other sequences. */
  moved(): void {
    this.#sequences.clear()
  }
}
