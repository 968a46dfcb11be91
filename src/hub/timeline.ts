// Which cursor belongs to which time, for clients that ask for everything since then. One entry for each second in which
// something was sent.

import { Ring } from '../engine/ring'

interface Second {
  readonly second: number
  /** After the last message of that second. */
  cursor: string
}

// How many seconds are remembered.
const most = 3_600

/** The cursors of the seconds in which messages came. */
export class Timeline {
  readonly #seconds = new Ring<Second>()

  /** Notes the cursor of this moment, ms since 1970. */
  note(now: number, cursor: string): void {
    const second = Math.floor(now / 1_000)
    const last = this.#seconds.at(this.#seconds.length - 1)
    // A clock that was set back stands still until then: what is told for a time is then too early, and never too late.
    if (last && last.second >= second) {
      last.cursor = cursor
      return
    }
    this.#seconds.push({ second, cursor })
    if (this.#seconds.length > most) this.#seconds.shift()
  }

  /** Forgets all: what was noted is of another epoch. */
  clear(): void {
    while (this.#seconds.shift());
  }

  /** A cursor before everything that was sent since a time, ms since 1970. Undefined where that is too long ago to tell. */
  before(since: number): string | undefined {
    const second = Math.floor(since / 1_000)
    for (let index = this.#seconds.length; index-- > 0; ) {
      const noted = this.#seconds.at(index) as Second
      if (noted.second < second) return noted.cursor
    }
    return undefined
  }
}
