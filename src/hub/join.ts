// One connection that waits for its replay: its subscribes that have no answer yet, and the live messages that are held back
// for it. The size of these is bounded.

import type { Deadline, Positioned, Replay } from '../engine/engine'
import { sizeOf } from '../engine/size'
import type { Joining } from './audience'
import type { Reply } from './reply'
import type { Subscription } from './subscriptions'

/** A subscribe that waits for its answer. */
export interface Ask {
  readonly subscription: Subscription
  /** The cursor that the client gave; `null` means "from now on". */
  readonly cursor: string | null
  /** Where the answer is about more than this, or not a confirmation. */
  readonly reply?: Reply | undefined
}

/** The state of one connection that waits for its replay. */
export class Join implements Joining {
  /** Those without an answer, in the order they came. */
  readonly #asks: Ask[] = []
  readonly #maxBytes: number
  /** True if the connection was served before, or has had an answer: then it must get all that is held back. */
  served = false
  /** True once the connection has left: no answer is written then. */
  abandoned = false
  /** True once the engine took too long, or more came than may be held back. Every ask is answered with a gap then. */
  failed = false
  /** When what it waits for is too late, ms since 1970, and what is done then. */
  expires: number | undefined
  late = (): void => {}
  /** Undefined once more came than may be held. */
  #held: Positioned[] | undefined = []
  #bytes = 0
  #question: Question | undefined

  /** `maxBytes` is how much may be held back, bytes as `sizeOf` counts them. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Adds an ask behind those that wait. */
  ask(ask: Ask): void {
    this.#asks.push(ask)
  }

  /** The ask whose turn it is. */
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

  /** Removes and returns all asks, which are answered with a gap. */
  failAll(): Ask[] {
    this.failed = false
    return this.#asks.splice(0)
  }

  /** Removes the asks of an address, which get no answer. */
  forget(address: string): void {
    for (let index = this.#asks.length; index-- > 0; ) {
      if (this.#asks[index]?.subscription.address === address) this.#asks.splice(index, 1)
    }
    // Nobody waits for the answer, so nothing has to be held for it.
    if (this.#asks.length === 0) this.#withdraw()
  }

  /** Asks the engine by `put`. Resolves to its answer, or to undefined once that is not wanted. Rejects if the engine does. */
  question(put: (deadline: Deadline) => Promise<Replay>): Promise<Replay | undefined> {
    return new Promise((resolve, reject) => {
      this.#question = new Question(resolve)
      put(this.#question).then(resolve, reject)
    })
  }

  /** Holds a live message back. If that is too much, everything held is dropped and all asks fail. */
  hold(message: Positioned): void {
    if (!this.#held) return
    this.#held.push(message)
    this.#bytes += sizeOf(message)
    if (this.#bytes <= this.#maxBytes) return
    // The answer will be a gap, which makes all of it useless.
    this.#held = undefined
    this.fail()
  }

  /** Returns what was held back, and begins anew. Returns undefined if more came than may be held back. */
  release(): Positioned[] | undefined {
    const held = this.#held
    this.#held = []
    this.#bytes = 0
    return held
  }

  /** Stops waiting for the engine: all asks have a gap. */
  fail(): void {
    this.failed = true
    this.#withdraw()
  }

  /** Stops waiting for the engine, as the connection has left. */
  abandon(): void {
    this.abandoned = true
    this.#asks.length = 0
    this.#held = undefined
    this.#withdraw()
  }

  #withdraw(): void {
    this.#question?.withdraw()
  }
}

// A question to the engine. Most engines never look at its signal, which costs more to make than all else of a subscribe.
class Question implements Deadline {
  readonly #settle: (replay?: Replay) => void
  #withdrawn = false
  #controller: AbortController | undefined

  constructor(settle: (replay?: Replay) => void) {
    this.#settle = settle
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#withdrawn) this.#controller.abort()
    return this.#controller.signal
  }

  withdraw(): void {
    this.#withdrawn = true
    this.#settle()
    this.#controller?.abort()
  }
}
