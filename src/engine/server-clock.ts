// The clock of an engine's server, as its answers tell it. Until when something is wanted is said by that clock: those of two
// machines differ.

/** How long what it said counts at least, and at most twice as long, ms: the clocks go at their own pace, and may be set. */
const memory = 5_000

/** What a server's clock says. */
export class ServerClock {
  /** How far it is ahead of ours at least, ms: what it says is older when it is read here. What was read quickest says most. */
  #ahead: number | undefined
  #before: number | undefined
  #turned = 0

  /** Takes what it has said just now, ms. */
  said(time: number): void {
    const now = performance.now()
    const ahead = time - now
    if (now - this.#turned > memory) {
      this.#before = this.#ahead
      this.#ahead = ahead
      this.#turned = now
    }
    this.#ahead = Math.max(ahead, this.#ahead ?? ahead)
  }

  /** Whether it has said anything. */
  get known(): boolean {
    return this.#ahead !== undefined
  }

  /** What it says at a time of `performance.now()`: that or later, never earlier. Undefined while it has said nothing. */
  at(time: number): number | undefined {
    if (this.#ahead === undefined) return undefined
    return Math.floor(time + Math.max(this.#ahead, this.#before ?? this.#ahead))
  }

  /** Another server may have another clock. */
  forget(): void {
    this.#ahead = undefined
    this.#before = undefined
  }
}
