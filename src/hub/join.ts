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
  /** True when the connection is served beside this: it then goes on getting everything, whatever the replay brings. */
  served = false
  /** True once nobody waits for it any more. */
  abandoned = false
  /** When its question to the engine has waited long enough, ms since 1970. */
  expires: number | undefined
  #held: Positioned[] = []
  #bytes = 0
  #question: { settle: (replay?: Replay) => void; deadline: AbortController } | undefined

  /** `maxBytes` is what may be held back. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  ask(ask: Ask): void {
    this.#asks.push(ask)
  }

  next(): Ask | undefined {
    return this.#asks[0]
  }

  /** Takes an ask off the list; false when it was forgotten meanwhile. */
  answered(ask: Ask): boolean {
    if (this.#asks[0] !== ask) return false
    this.#asks.shift()
    return true
  }

  forget(address: string): void {
    for (let index = this.#asks.length; index-- > 0; ) {
      if (this.#asks[index]?.subscription.address === address) this.#asks.splice(index, 1)
    }
  }

  /** Puts a question; resolves to undefined once `fail()` or `abandon()` was called. Rejects as the engine does. */
  question(put: (deadline: AbortSignal) => Promise<Replay>): Promise<Replay | undefined> {
    return new Promise((resolve, reject) => {
      const deadline = new AbortController()
      this.#question = { settle: resolve, deadline }
      put(deadline.signal).then(resolve, reject)
    })
  }

  hold(message: Positioned): void {
    this.#held.push(message)
    this.#bytes += message.json.length
    if (this.#bytes <= this.#maxBytes) return
    // From here to the answer, which says that there is a gap, nothing of it can be used.
    this.#held = []
    this.fail()
  }

  /** What was held back until now, by whom takes it. */
  release(): Positioned[] {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    return held
  }

  /** Ends the question without an answer. */
  fail(): void {
    this.#question?.settle()
    this.#question?.deadline.abort()
  }

  abandon(): void {
    this.abandoned = true
    this.fail()
  }
}
