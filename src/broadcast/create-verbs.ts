// Makes the verbs of a cable or of a process: one general verb does the work, the named ones are a line each.

import { warn } from '../log'
import { checkNames } from '../options/check'
import type { Broadcast } from '../publisher/publisher'
import { tap } from '../publisher/tap'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import { refreshPlacement } from '../turbo/turbo-stream'
import { type BroadcastOptions, checkedBroadcast } from './job'
import { jsonData } from './json-data'
import { createSend, deliver, type PerformContext, troubleLine, verbName } from './perform'
import type { BroadcastJob, Scheduler } from './scheduler'
import { loggedIfUnheard } from './unheard'
import type { Verbs } from './verbs'

/** What verbs work with; asked anew for each broadcast. */
export interface VerbContext extends PerformContext {
  readonly scheduler: () => Scheduler
}

/** Makes the verbs. Each checks its input once, at the call. */
export function createVerbs(context: VerbContext): Verbs {
  const send = createSend(context)
  // Apps without types may leave the options out, which is for the check to say.
  const now = (streamables: Streamable, action: string, options: BroadcastOptions | undefined) => {
    const checked = checkedBroadcast(streamables, action, options ?? {})
    return loggedIfUnheard(send(checked), (error) => troubleLine(verbName(action), checked.job.stream, error))
  }
  const later = (streamables: Streamable, action: string, options: BroadcastOptions | undefined) => {
    void schedule(context.scheduler(), checkedBroadcast(streamables, action, options ?? {}).job)
  }

  return {
    broadcastActionTo: (streamables, { action, ...options }) => now(streamables, action, options),
    broadcastAppendTo: (streamables, options) => now(streamables, 'append', options),
    broadcastPrependTo: (streamables, options) => now(streamables, 'prepend', options),
    broadcastReplaceTo: (streamables, options) => now(streamables, 'replace', options),
    broadcastUpdateTo: (streamables, options) => now(streamables, 'update', options),
    broadcastBeforeTo: (streamables, options) => now(streamables, 'before', options),
    broadcastAfterTo: (streamables, options) => now(streamables, 'after', options),
    broadcastRemoveTo: (streamables, options) => now(streamables, 'remove', options),
    broadcastRefreshTo: (streamables, options = {}) => {
      checkNames(options, refreshOptionNames)
      return now(streamables, 'refresh', { ...refreshPlacement(options), exclude: options.exclude })
    },
    broadcastJson: (streamables, data, options = {}) => {
      checkNames(options, ['exclude'])
      const broadcast = jsonBroadcast(streamables, data, options)
      const sent = deliver(context.publisher(), broadcast, 'broadcastJson')
      return loggedIfUnheard(sent, (error) => troubleLine('broadcastJson', broadcast.stream, error))
    },

    broadcastActionLaterTo: (streamables, { action, ...options }) => later(streamables, action, options),
    broadcastAppendLaterTo: (streamables, options) => later(streamables, 'append', options),
    broadcastPrependLaterTo: (streamables, options) => later(streamables, 'prepend', options),
    broadcastReplaceLaterTo: (streamables, options) => later(streamables, 'replace', options),
    broadcastUpdateLaterTo: (streamables, options) => later(streamables, 'update', options),
    broadcastBeforeLaterTo: (streamables, options) => later(streamables, 'before', options),
    broadcastAfterLaterTo: (streamables, options) => later(streamables, 'after', options),
  }
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
    warn(troubleLine(verbName(job.action), job.stream, error))
  }
}
