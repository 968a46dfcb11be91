// The free functions: every verb, bound to the defaults of the process. What models, jobs and scripts import.

import type { BroadcastJob } from './job'
import { createPerform } from './perform'
import { processContext } from './process-defaults'
import { createVerbs } from './verbs'

export const {
  broadcastActionTo,
  broadcastAppendTo,
  broadcastPrependTo,
  broadcastReplaceTo,
  broadcastUpdateTo,
  broadcastBeforeTo,
  broadcastAfterTo,
  broadcastRemoveTo,
  broadcastRefreshTo,
  broadcastJson,
  broadcastActionLaterTo,
  broadcastAppendLaterTo,
  broadcastPrependLaterTo,
  broadcastReplaceLaterTo,
  broadcastUpdateLaterTo,
  broadcastBeforeLaterTo,
  broadcastAfterLaterTo,
} = createVerbs(processContext)

const perform = createPerform(processContext)

/**
 * Renders and sends a job that a scheduler stored: what its worker calls, in whichever process that runs.
 *
 * ```ts
 * new Worker('broadcasts', ({ data }) => performBroadcast(data))
 * ```
 *
 * Resolves like a verb; rejects for a job that is no broadcast, and where its partial is missing or throws.
 */
export async function performBroadcast(job: BroadcastJob): Promise<boolean> {
  return perform(job)
}
