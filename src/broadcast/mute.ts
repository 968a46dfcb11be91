// Work that shall not broadcast: an import, a seed, a test's setup.

import { scope, within } from './scope'

/**
 * Runs `work`, and all that it awaits, without broadcasts: verbs, models and Later send nothing and resolve to false.
 *
 * ```ts
 * await suppressingBroadcasts(() => importTodos(file))
 * await Todo.suppressingBroadcasts(() => Todo.create({ title }))  // those of one class of models, and of its subclasses
 * ```
 *
 * Throws `TURBO_CABLE_BAD_OPTION` if `work` is no function.
 */
export function suppressingBroadcasts<Result>(work: () => Result): Result {
  return within({ muted: 'all' }, work)
}

/** The same for the models of one class. `mutingModels(Todo, work)` is what `Todo.suppressingBroadcasts(work)` does. */
export function mutingModels<Result>(type: object, work: () => Result): Result {
  const { muted = [] } = scope()
  return within({ muted: muted === 'all' ? muted : [...muted, type] }, work)
}

/** Whether nothing at all is sent. */
export function isMuted(): boolean {
  return scope().muted === 'all'
}

/** Whether a record's own methods send nothing. */
export function isMutedRecord(record: object): boolean {
  const { muted } = scope()
  if (muted === undefined) return false
  return muted === 'all' || muted.some((type) => typeof type === 'function' && record instanceof type)
}
