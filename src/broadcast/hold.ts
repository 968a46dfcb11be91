// Broadcasts that wait for a transaction: sent in their order once it has been committed, dropped when it was rolled back.

import { warn } from '../log'
import { finished, type Held, type Scope, scope, within } from './scope'

/** The broadcasts of one piece of work that is not done yet. */
export class Hold {
  readonly #outer: Scope['hold']
  readonly #held: Held[] = []
  #open = true

  constructor(outer: Scope['hold']) {
    this.#outer = outer
  }

  /** Takes a broadcast in. False once the work is over, when what it left behind sends by itself. */
  take(held: Held): boolean {
    if (!this.#open) return this.#outer?.take(held) ?? false
    this.#held.push(held)
    return true
  }

  /** Ends without sending what was taken in. */
  drop(): void {
    this.#open = false
  }

  /** Sends what was taken in, or hands it to the work around this one. What comes meanwhile waits for its turn. Never rejects. */
  async release(): Promise<void> {
    for (let next = this.#held.shift(); next; next = this.#held.shift()) {
      if (this.#outer?.take(next)) continue
      try {
        await next.work()
      } catch (error) {
        warn(next.line(error))
      }
    }
    this.#open = false
  }
}

/**
 * Holds every broadcast that `work` causes until it is done, by verbs, models and Later alike: sent in their order once it
 * has resolved or returned, dropped when it rejects or throws. So what was rolled back is never shown.
 *
 * ```ts
 * await holdingBroadcasts(() =>
 *   db.transaction(async (trx) => {
 *     const [todo] = await trx('todos').insert({ title }).returning('*')
 *     await broadcastAppendTo('todos', { target: 'todos', partial: 'todos/todo', locals: { todo } })
 *   }),
 * )
 * ```
 *
 * A verb within checks its input at once, resolves to true, and renders after the commit; trouble then is a logged line. Held
 * within held, the broadcasts wait for the outer one. Gives back what `work` gave, a promise after the broadcasts were sent.
 * Throws `TURBO_CABLE_BAD_OPTION` if `work` is no function.
 */
export function holdingBroadcasts<Result>(work: () => Result): Result {
  const hold = new Hold(scope().hold)
  return finished(
    () => within({ hold }, work),
    () => hold.release(),
    () => hold.drop(),
  )
}
