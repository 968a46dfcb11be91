// What a piece of the app's work brings to the broadcasts that it causes: which request it serves, whether its broadcasts wait
// for the end of a transaction, and which of them are muted. One AsyncLocalStorage, so it follows the work through every await.

import { AsyncLocalStorage } from 'node:async_hooks'
import { callable, check } from '../options/check'

/** A broadcast that waits for the end of a piece of work. */
export interface Held {
  /** Sends it; a promise is waited for. */
  readonly work: () => unknown
  /** What the log says where sending fails: nobody is left to be told. */
  readonly line: (error: unknown) => string
}

/** The scope of a piece of work. */
export interface Scope {
  /** The id that the page gave to the request, as long as it counts. */
  readonly requestId?: (() => string | undefined) | undefined
  /** What takes the broadcasts in until the work is done. */
  readonly hold?: { take(held: Held): boolean } | undefined
  /** Whose broadcasts are muted: classes of models, or all. */
  readonly muted?: 'all' | readonly object[] | undefined
}

const scopes = new AsyncLocalStorage<Scope>()
const nothing: Scope = {}

/** The scope of the code that runs now. */
export function scope(): Scope {
  return scopes.getStore() ?? nothing
}

/** Runs `work`, and all that it starts, in the scope of now with `more` in it. Throws `TURBO_CABLE_BAD_OPTION` for what is no function. */
export function within<Result>(more: Scope, work: () => Result): Result {
  return scopes.run({ ...scope(), ...more }, check('work', work, callable))
}

/** Calls `done` or `failed` when the work is over, be it a promise or not, and gives back what the work gave. */
export function finished<Result>(work: () => Result, done: () => void | Promise<void>, failed: () => void): Result {
  let result: Result
  try {
    result = work()
  } catch (error) {
    failed()
    throw error
  }
  if (!isThenable(result)) {
    void done()
    return result
  }
  const ended = Promise.resolve(result).then(
    async (value) => {
      await done()
      return value
    },
    (error) => {
      failed()
      throw error
    },
  )
  return ended as Result
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
