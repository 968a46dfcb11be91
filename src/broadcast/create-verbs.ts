// Makes the verbs of a cable or of a process: one general verb does the work, the named ones are a line each.

import { warn } from '../log'
import { check, checkNames, verbOptions } from '../options/check'
import type { Broadcast } from '../publisher/publisher'
import { tap } from '../publisher/tap'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import { refreshPlacement } from '../turbo/turbo-stream'
import { type CheckedBroadcast, checkedContent, checkedView } from './elements-job'
import { type ActionOptions, type BroadcastOptions, checkedBroadcast, waitingJob } from './job'
import { jsonData } from './json-data'
import { isMuted } from './mute'
import { createSend, deliver, type PerformContext, troubleLine, verbName } from './perform'
import type { Refreshes } from './refreshes'
import { currentRequestId } from './request-id'
import type { BroadcastJob, Scheduler } from './scheduler'
import { scope } from './scope'
import { createBroadcastStream } from './text-stream'
import { loggedIfUnheard } from './unheard'
import type { RefreshBroadcastOptions, Verbs } from './verbs'

/** What verbs work with; asked anew for each broadcast. */
export interface VerbContext extends PerformContext {
  readonly scheduler: () => Scheduler
  /** What gathers the refreshes of `broadcastRefreshLaterTo`. */
  readonly refreshes: () => Refreshes
}

/** Makes the verbs. Each checks its input once, at the call. */
export function createVerbs(context: VerbContext): Verbs {
  const send = createSend(context)
  // Apps without types may leave the options out, which is for the check to say.
  const now = (streamables: Streamable, action: string, options: BroadcastOptions | undefined) =>
    sentChecked(checkedBroadcast(streamables, action, options ?? {}))
  const sentChecked = (checked: CheckedBroadcast) => {
    const { action, stream, format } = checked.job
    return sent(verbName(action, format), stream, () => send(checked))
  }
  const later = (streamables: Streamable, action: string, options: BroadcastOptions | undefined) =>
    scheduled(checkedBroadcast(streamables, action, options ?? {}))
  const scheduled = ({ job }: CheckedBroadcast) => {
    const scheduler = context.scheduler()
    const serializers = context.serializers?.()
    // Without serializers a record could not be stored; a queue of this process can hand it on all the same.
    const keepInstances = scheduler.inProcess === true && serializers === undefined
    const waiting = waitingJob(job, { serializers, keepInstances })
    inItsTime(verbName(job.action, job.format), job.stream, () => schedule(scheduler, waiting))
  }

  return {
    broadcastActionTo: (streamables, given) => now(streamables, ...actionAndOptions(given)),
    broadcastAppendTo: (streamables, options) => now(streamables, 'append', options),
    broadcastPrependTo: (streamables, options) => now(streamables, 'prepend', options),
    broadcastReplaceTo: (streamables, options) => now(streamables, 'replace', options),
    broadcastUpdateTo: (streamables, options) => now(streamables, 'update', options),
    broadcastBeforeTo: (streamables, options) => now(streamables, 'before', options),
    broadcastAfterTo: (streamables, options) => now(streamables, 'after', options),
    broadcastRemoveTo: (streamables, options) => now(streamables, 'remove', options),
    broadcastRefreshTo: (streamables, options = {}) => {
      return sentChecked(checkedRefresh(streamables, options))
    },
    broadcastRenderTo: (streamables, options) => sentChecked(checkedView(streamables, options)),
    broadcastStreamTo: (streamables, options) => sentChecked(checkedContent(streamables, options)),
    broadcastJson: (streamables, data, options = {}) => {
      checkNames(check('options', options, verbOptions), ['exclude'])
      const broadcast = jsonBroadcast(streamables, data, options)
      return sent('broadcastJson', broadcast.stream, () => deliver(context.publisher(), broadcast, 'broadcastJson'))
    },
    broadcastStream: createBroadcastStream(context),

    broadcastActionLaterTo: (streamables, given) => later(streamables, ...actionAndOptions(given)),
    broadcastAppendLaterTo: (streamables, options) => later(streamables, 'append', options),
    broadcastPrependLaterTo: (streamables, options) => later(streamables, 'prepend', options),
    broadcastReplaceLaterTo: (streamables, options) => later(streamables, 'replace', options),
    broadcastUpdateLaterTo: (streamables, options) => later(streamables, 'update', options),
    broadcastBeforeLaterTo: (streamables, options) => later(streamables, 'before', options),
    broadcastAfterLaterTo: (streamables, options) => later(streamables, 'after', options),
    broadcastRenderLaterTo: (streamables, options) => scheduled(checkedView(streamables, options)),
    broadcastRefreshLaterTo: (streamables, options = {}) => {
      const requestId = refreshId(check('options', options, verbOptions))
      const { job } = checkedRefresh(streamables, { ...options, requestId: null })
      const refresh = async (id: string | undefined) => {
        try {
          await send(checkedRefresh(job.stream, { ...options, requestId: id ?? null }))
        } catch (error) {
          warn(troubleLine('broadcastRefreshLaterTo', job.stream, error))
        }
      }
      inItsTime('broadcastRefreshLaterTo', job.stream, () =>
        context.refreshes().add(JSON.stringify(job), requestId, refresh),
      )
    },
  }
}

// Sends at once, unless the scope that the caller works in says otherwise.
function sent(verb: string, stream: string, work: () => Promise<boolean>): Promise<boolean> {
  if (isMuted()) return Promise.resolve(false)
  const line = (error: unknown) => troubleLine(verb, stream, error)
  return scope().hold?.take({ work, line }) ? Promise.resolve(true) : loggedIfUnheard(work(), line)
}

function inItsTime(verb: string, stream: string, work: () => unknown): void {
  if (isMuted() || scope().hold?.take({ work, line: (error) => troubleLine(verb, stream, error) })) return
  void work()
}

function checkedRefresh(streamables: Streamable, options: RefreshBroadcastOptions): CheckedBroadcast {
  checkNames(check('options', options, verbOptions), refreshOptionNames)
  const placed = refreshPlacement({ ...options, requestId: refreshId(options) })
  return checkedBroadcast(streamables, 'refresh', { ...placed, exclude: options.exclude })
}

function actionAndOptions(given: ActionOptions): [action: string, options: BroadcastOptions] {
  const { action, ...options } = check('options', given, verbOptions)
  return [action, options]
}

// Undefined is that of the request that the caller works for, null is none.
function refreshId(options: RefreshBroadcastOptions): string | undefined {
  const { requestId = currentRequestId() } = options
  return requestId ?? undefined
}

const refreshOptionNames = ['requestId', 'method', 'scroll', 'attributes', 'exclude']

function jsonBroadcast(streamables: Streamable, data: unknown, options: ExcludeOption): Broadcast {
  const exclude = connectionId(options.exclude)
  return { stream: streamName(streamables), data: jsonData(data), ...(exclude && { exclude }) }
}

function schedule(scheduler: Scheduler, job: BroadcastJob): Promise<void> {
  const scheduled = handOver(scheduler, job)
  tap?.working(scheduled)
  return scheduled
}

// A queue that is away is trouble like a hub that is away: a logged line.
async function handOver(scheduler: Scheduler, job: BroadcastJob): Promise<void> {
  try {
    await scheduler.schedule(job)
  } catch (error) {
    warn(troubleLine(verbName(job.action, job.format), job.stream, error))
  }
}
