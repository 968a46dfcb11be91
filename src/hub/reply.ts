// The answer to one subscribe for an address that means several streams: one confirmation, and one verdict about all replays.

/** What is still to be said about the streams of one address. */
export class Reply {
  #left: number
  #confirmed: boolean
  #recovered = true
  #asked = false

  /** `streams` is how many are to be replayed; `confirmed` says that the client knows of its subscription already. */
  constructor(streams: number, confirmed = false) {
    this.#left = streams
    this.#confirmed = confirmed
  }

  /** True for the first that asks: the subscription is to be confirmed now. */
  confirms(): boolean {
    const first = !this.#confirmed
    this.#confirmed = true
    return first
  }

  /** One replay is done. Returns the verdict about all of them with the last; undefined before that, or where none was asked for. */
  done(recovered: boolean, asked: boolean): boolean | undefined {
    this.#recovered &&= recovered
    this.#asked ||= asked || !recovered
    return --this.#left === 0 && this.#asked ? this.#recovered : undefined
  }
}
