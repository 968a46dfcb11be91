// Limits how many messages a client may send. It saves up what it does not use, up to ten seconds' worth, so that a page can
// subscribe to all its streams at once. Costs two numbers per connection and no timer.

// How much can be saved up, seconds.
const saved = 10

/** The messages that one client may send now. */
export class TokenBucket {
  readonly #perSecond: number
  #tokens: number
  #at: number

  /** `perSecond` is how many messages a second are earned; `now` is in ms. Starts full. */
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
