// What one client of the jitter bench got, and when; and what it missed without being told.

import { now } from './reliability-clock.mts'
import type { Payload, Sent } from './reliability-server.mts'

/** Messages 0 … count - 1 of one client. Message `count` is the end mark. */
export class Ledger {
  readonly delays: number[] = []
  /** The same, without the time that the client was kept offline. */
  readonly beyond: number[] = []
  duplicates = 0
  disorder = 0
  cuts = 0
  /** How often it was told of a gap. */
  gaps = 0
  /** How often its own library gave the subscription up, and said so. */
  givenUp = 0
  /** The end mark has come. */
  ended = false
  readonly #count: number
  readonly #seen = new Set<number>()
  readonly #offline: { from: number; to: number }[] = []
  /** When it was told of either, and which messages it had on both sides of it. */
  readonly #told: { readonly at: number; readonly after: number; before: number }[] = []
  #last = -1

  constructor(count: number) {
    this.#count = count
  }

  take({ n, at }: Payload): void {
    const received = now()
    if (this.#seen.has(n)) {
      this.duplicates++
      return
    }
    this.#seen.add(n)
    if (n < this.#last) this.disorder++
    this.#last = Math.max(n, this.#last)
    for (const gap of this.#told) if (gap.before > n && n > gap.after) gap.before = n
    if (n >= this.#count) this.ended = true
    else {
      this.delays.push(received - at)
      this.beyond.push(received - at - this.#forced(at, received))
    }
  }

  /** The client was told that something is missing: a page would fetch itself now. */
  gap(): void {
    this.gaps++
    this.#tell()
  }

  /** The client's library has given the subscription up. What comes until it is asked again, it may drop. */
  giveUp(): void {
    this.givenUp++
    this.#tell()
  }

  #tell(): void {
    this.#told.push({ at: now(), after: this.#last, before: Number.POSITIVE_INFINITY })
  }

  away(from: number, to: number): void {
    this.cuts++
    this.#offline.push({ from, to })
  }

  /**
   * How many messages are missing of which it was not told: by a gap between its neighbours after the message was sent, or, where
   * the verb said false, by any later one, as the refresh comes when the engine is back.
   */
  lostInSilence(sent: readonly Sent[]): number {
    return sent.filter((message) => message.n < this.#count && !this.#seen.has(message.n) && !this.#toldOf(message))
      .length
  }

  #toldOf({ n, at: sent, taken }: Sent): boolean {
    return this.#told.some(({ at, after, before }) => at >= sent && (!taken || (n > after && n < before)))
  }

  #forced(from: number, to: number): number {
    return this.#offline.reduce((sum, each) => sum + Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)), 0)
  }
}
