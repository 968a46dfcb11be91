// What becomes of a verb's rejection when the app forgot to await the verb: a logged line, and not the end of the process.

import { warn } from '../log'
import { tap } from '../publisher/tap'

/**
 * The same outcome as `work`. Its rejection reaches everybody who asks for it; where nobody did, `line` is logged.
 *
 * Node ends a process for a rejection that nobody handles, and a missing partial is not worth that. Handling it here for good
 * would hide it from an app that forgot to await, so it is logged; logging it always would say it twice to an app that did not.
 */
export function loggedIfUnheard<Value>(work: Promise<Value>, line: (error: unknown) => string): Promise<Value> {
  const outcome = new Outcome<Value>((resolve, reject) => work.then(resolve, reject))
  Outcome.watch(outcome, (error) => warn(line(error)))
  tap?.working(work)
  return outcome
}

// A promise that knows whether it was asked: `await`, `catch`, `finally` and `Promise.all` all call `then` of a subclass.
class Outcome<Value> extends Promise<Value> {
  // What `then` gives is an ordinary promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  #heard = false

  /** Calls `unheard` when the promise was rejected and nobody had asked for it until the end of that turn of the event loop. */
  static watch(outcome: Outcome<unknown>, unheard: (error: unknown) => void): void {
    // Promise's own `then`: this is not somebody who asked.
    Promise.prototype.then.call(outcome, undefined, (error) => {
      setImmediate(() => outcome.#heard || unheard(error))
    })
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<Fulfilled = Value, Rejected = never>(
    fulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
    rejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#heard = true
    return super.then(fulfilled, rejected)
  }
}
