// How much a client may say: it saves up what it does not use, up to ten seconds' worth, so that a page may subscribe to all
// its streams at once and still not shout for ever. Two numbers per connection, no timer.

const saved = 10

export class TokenBucket {
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(perSecond: number, now = performance.now()) {
    this.#perSecond = perSecond
    this.#tokens = perSecond * saved
    this.#at = now
  }

  /** Takes one, or as many as something costs; false when there are not enough left. */
  take(now = performance.now(), count = 1): boolean {
    const earned = ((now - this.#at) / 1_000) * this.#perSecond
    this.#tokens = Math.min(this.#perSecond * saved, this.#tokens + earned)
    this.#at = now
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }
}
