// One connection on its way into an audience: what it asked for and is not answered yet, and the live messages that are held
// back for it. What it may hold is bounded.

import type { Positioned, Replay } from '../engine/engine'
import type { Joining } from './audience'
import type { Subscription } from './subscriptions'

/** A question to the engine. */
export interface Ask {
  readonly subscription: Subscription
  /** `null` for "from now on". */
  readonly cursor: string | null
}

export class Join implements Joining {
  /** Unanswered, in order. */
  readonly #asks: Ask[] = []
  readonly #maxBytes: number
  readonly #tooSlow: () => void
  /** True when the connection is served beside this: it then goes on getting everything, whatever the replay brings. */
  served = false
  /** True once nobody waits for it any more. */
  abandoned = false
  /** When what it waits for is too late, ms since 1970. */
  expires: number | undefined
  #held: Positioned[] = []
  #bytes = 0
  #discarding = false
  #question: { settle: (replay?: Replay) => void; deadline: AbortController } | undefined

  /** `maxBytes` is what may be held back; `tooSlow` is called when the client does not take what it was replayed. */
  constructor(maxBytes: number, tooSlow: () => void) {
    this.#maxBytes = maxBytes
    this.#tooSlow = tooSlow
  }

  ask(ask: Ask): void {
    this.#asks.push(ask)
  }

  next(): Ask | undefined {
    return this.#asks[0]
  }

  /** Takes an ask off the list, and those behind it that ask for the same; none when it was forgotten meanwhile. */
  take(ask: Ask): Ask[] {
    const taken: Ask[] = []
    if (this.#asks[0] !== ask) return taken
    while (this.#asks[0]?.cursor === ask.cursor) taken.push(this.#asks.shift() as Ask)
    return taken
  }

  forget(address: string): void {
    for (let index = this.#asks.length; index-- > 0; ) {
      if (this.#asks[index]?.subscription.address === address) this.#asks.splice(index, 1)
    }
  }

  /** Puts a question; resolves to undefined when it was given up. Rejects as the engine does. */
  async question(put: (deadline: AbortSignal) => Promise<Replay>): Promise<Replay | undefined> {
    const deadline = new AbortController()
    try {
      return await new Promise((resolve, reject) => {
        this.#question = { settle: resolve, deadline }
        put(deadline.signal).then(resolve, reject)
      })
    } finally {
      this.#question = undefined
    }
  }

  hold(message: Positioned): void {
    if (this.#discarding) return
    this.#held.push(message)
    this.#bytes += message.json.length
    if (this.#bytes > this.#maxBytes) this.giveUp()
  }

  /** What was held back until now. Whoever takes it sends it. */
  release(): Positioned[] {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    this.#discarding = false
    return held
  }

  /** Too late or too much: a question ends without an answer, which is a gap; a client that does not take its replay is dropped. */
  giveUp(): void {
    if (!this.#question) {
      this.#tooSlow()
      return
    }
    // From here to the answer, which says that there is a gap, what comes is of no use.
    this.#held = []
    this.#discarding = true
    this.#question.settle()
    this.#question.deadline.abort()
  }

  /** The connection has left: nobody waits for anything any more. */
  abandon(): void {
    this.abandoned = true
    this.#held = []
    this.#discarding = true
    this.#question?.settle()
    this.#question?.deadline.abort()
  }
}
