// The clock of an engine's server, as its answers tell it. Until when something is wanted is said by that clock: those of two
// machines differ.

/** What a server's clock says. */
export class ServerClock {
  /** How far it is ahead of ours at least, ms: what it says is older when it is read here. */
  #ahead: number | undefined

  /** Takes what it has said just now, ms. */
  said(time: number): void {
    this.#ahead = time - performance.now()
  }

  /** Whether it has said anything. */
  get known(): boolean {
    return this.#ahead !== undefined
  }

  /** What it says at a time of `performance.now()`: that or later, never earlier. Undefined while it has said nothing. */
  at(time: number): number | undefined {
    return this.#ahead === undefined ? undefined : Math.floor(time + this.#ahead)
  }

  /** Another server may have another clock. */
  forget(): void {
    this.#ahead = undefined
  }
}
