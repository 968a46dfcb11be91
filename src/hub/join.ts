// One connection on its way into an audience: what it asked for and is not answered yet, and the live messages that are held
// back for it. What it may hold is bounded.

import type { Positioned, Replay } from '../engine/engine'
import { sizeOf } from '../engine/size'
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
  /** True when the engine took too long, or more came meanwhile than may be held: all who asked have a gap. */
  failed = false
  /** When what it waits for is too late, ms since 1970, and what is done then. */
  expires: number | undefined
  late = (): void => {}
  /** Undefined once more came than may be held. */
  #held: Positioned[] | undefined = []
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

  /** Takes an ask off the list, and those behind it that ask for the same; none when it was forgotten meanwhile. */
  take(ask: Ask): Ask[] {
    const taken: Ask[] = []
    if (this.#asks[0] !== ask) return taken
    while (this.#asks[0]?.cursor === ask.cursor) taken.push(this.#asks.shift() as Ask)
    return taken
  }

  /** Takes all asks off the list, to be answered with a gap. */
  failAll(): Ask[] {
    this.failed = false
    return this.#asks.splice(0)
  }

  forget(address: string): void {
    for (let index = this.#asks.length; index-- > 0; ) {
      if (this.#asks[index]?.subscription.address === address) this.#asks.splice(index, 1)
    }
    // Nobody waits for the answer, so nothing has to be held for it.
    if (this.#asks.length === 0) this.#withdraw()
  }

  /** Puts a question. Resolves to undefined where nobody waits for the answer any more; rejects as the engine does. */
  question(put: (deadline: AbortSignal) => Promise<Replay>): Promise<Replay | undefined> {
    return new Promise((resolve, reject) => {
      const deadline = new AbortController()
      this.#question = { settle: resolve, deadline }
      put(deadline.signal).then(resolve, reject)
    })
  }

  hold(message: Positioned): void {
    if (!this.#held) return
    this.#held.push(message)
    this.#bytes += sizeOf(message)
    if (this.#bytes <= this.#maxBytes) return
    // Nothing of it can be used from here to the answer, which says that there is a gap.
    this.#held = undefined
    this.fail()
  }

  /** Hands over what was held back until now, and begins anew; undefined where more came than may be held. */
  release(): Positioned[] | undefined {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    return held
  }

  /** Ends the question without an answer. */
  fail(): void {
    this.failed = true
    this.#withdraw()
  }

  abandon(): void {
    this.abandoned = true
    this.#asks.length = 0
    this.#held = undefined
    this.#withdraw()
  }

  #withdraw(): void {
    this.#question?.settle()
    this.#question?.deadline.abort()
  }
}
