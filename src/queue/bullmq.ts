// Later jobs in a BullMQ queue. BullMQ promises no order between jobs that run at the same time or are tried again, so the broadcasts
// of a stream wait in a list of their own in Redis. A job in the queue says only that a stream has something to send: whichever
// runs first takes the stream and sends all that waits, one after the other; the others find it taken and end.

import { randomUUID } from 'node:crypto'
import { checkedJob } from '../broadcast/job'
import { createSend, loadedJob, troubleLine, verbName } from '../broadcast/perform'
import type { BroadcastJob, Scheduler } from '../broadcast/scheduler'
import { warn } from '../log'
import { processContext, processSerializers } from '../process/defaults'
import { type BullQueue, StreamList } from './stream-list'

/** What is needed of BullMQ's `Job`. */
export interface BullJob {
  readonly id?: string | undefined
  readonly data: { readonly stream: string }
  /** How often it was tried before. */
  readonly attemptsMade: number
  readonly opts: { readonly attempts?: number | undefined }
}

/** A scheduler whose jobs wait in Redis. */
export interface BullScheduler extends Scheduler {
  /** Resolves when Redis has all that was scheduled: to be awaited before the queue is closed. */
  idle(): Promise<void>
}

/**
 * Makes the scheduler that leaves the jobs of the Later verbs in a BullMQ queue.
 *
 * ```ts
 * turboCable({ scheduler: bullmqScheduler(new Queue('broadcasts', { connection })) })
 * ```
 *
 * How often a job is tried, and how long it waits in between, is the queue's to say: `defaultJobOptions: { attempts, backoff }`.
 */
export function bullmqScheduler(queue: BullQueue): BullScheduler {
  const underWay = new Set<Promise<void>>()
  return {
    schedule(job) {
      const stored = store(queue, job).finally(() => underWay.delete(stored))
      underWay.add(stored)
      return stored
    },
    async idle() {
      await Promise.allSettled(underWay)
    },
  }
}

/**
 * Makes the function that performs the jobs of that queue, in the processes of the workers.
 *
 * ```ts
 * new Worker('broadcasts', bullmqProcessor(queue), { connection, concurrency: 10 })
 * ```
 *
 * Streams run side by side; the broadcasts of one stream are sent in the order of their calls, also by several workers and where
 * some are tried again: the others of the stream then wait. What fails for the last time is left out, with a logged line, and
 * its job is a failed one. A broadcast that was sent when its worker died is sent again.
 */
export function bullmqProcessor(queue: BullQueue): (job: BullJob) => Promise<void> {
  return async (job) => {
    const { stream } = job.data
    const list = new StreamList(queue, stream)
    const me = String(job.id)
    if (!(await list.claim(me))) return
    for (let head = await list.next(me); head; head = await list.next(me, head)) {
      const broadcast: BroadcastJob = JSON.parse(head.slice(head.indexOf(' ')))
      try {
        await perform(broadcast)
      } catch (error) {
        const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
        // Those after it have their own attempts: in a job of their own.
        if (isLast && (await list.drop(me, head))) await wake(queue, stream)
        if (isLast) warn(troubleLine(verbName(broadcast.action), stream, error))
        throw error
      }
    }
  }
}

const send = createSend(processContext)

// A uuid makes two equal broadcasts two entries.
async function store(queue: BullQueue, job: BroadcastJob): Promise<void> {
  await new StreamList(queue, job.stream).push(`${randomUUID()} ${JSON.stringify(job)}`)
  await wake(queue, job.stream)
}

async function wake(queue: BullQueue, stream: string): Promise<void> {
  await queue.add('broadcast', { stream }, { removeOnComplete: true })
}

// A hub that is away is a reason to try again: here nobody waits for the answer.
async function perform(job: BroadcastJob): Promise<void> {
  const checked = checkedJob(job)
  const whole = await loadedJob(checked.job, processSerializers())
  if (whole && !(await send({ ...checked, job: whole }))) throw new Error('the hub could not be reached')
}
