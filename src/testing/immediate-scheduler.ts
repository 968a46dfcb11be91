// A scheduler for tests: nothing waits.

import type { BroadcastJob, Scheduler } from '../broadcast/scheduler'
import { performBroadcast } from '../process/verbs'

/**
 * Does each job of a Later verb at once, as `performBroadcast` does, in place of the queue that an app has in production. It
 * renders and sends by the defaults of the process.
 *
 * ```ts
 * turboCable({ scheduler: process.env.NODE_ENV === 'test' ? immediateScheduler : bullmq })
 * ```
 */
export const immediateScheduler: Scheduler = {
  async schedule(job: BroadcastJob): Promise<void> {
    await performBroadcast(job)
  },
}
