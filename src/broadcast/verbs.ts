// The broadcast verbs: one general verb does the work, the named ones are a line each.

import { warn } from '../log'
import { type Streamable, streamName } from '../stream/name'
import type { PlacementOptions } from '../turbo/element'
import { type RefreshOptions, refreshPlacement } from '../turbo/turbo-stream'
import { connectionId, type ExcludeOption } from './exclude'
import { type ActionOptions, type BroadcastJob, type BroadcastOptions, broadcastJob } from './job'
import { jsonData } from './json-data'
import type { Scheduler } from './later'
import { createPerform, deliver, type PerformContext, troubleLine, verbName } from './perform'
import type { Broadcast } from './publisher'

/** The options of `broadcastRemoveTo`. */
export interface RemoveOptions extends Omit<PlacementOptions, 'method'>, ExcludeOption {}

/** The options of `broadcastRefreshTo`. */
export interface RefreshBroadcastOptions extends RefreshOptions, ExcludeOption {}

/** A verb that sends now. */
export type SendVerb<Options> = (streamables: Streamable, options: Options) => Promise<boolean>

/** A verb that returns at once; rendering and sending follow, in order for each stream. Trouble then is a logged line. */
export type LaterVerb<Options> = (streamables: Streamable, options: Options) => void

/**
 * The verbs. Each takes one stream (an array is one: `['room', 7]` is `room:7`) and its options; it resolves to true when the
 * broadcast was taken, and to false, after one logged line, when the hub could not be reached. Misuse throws at the call:
 * `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_ATTRIBUTE`, `…_BAD_OPTION`, `…_BAD_RECORD`,
 * `…_NO_RENDERER`. A partial that is missing or throws rejects: `…_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export interface Verbs {
  /** Any action, also one of your own. `{ action: 'highlight', target: 'row_7' }` needs no content. */
  readonly broadcastActionTo: SendVerb<ActionOptions>
  /** Adds to the end of the target. */
  readonly broadcastAppendTo: SendVerb<BroadcastOptions>
  /** Adds to the start of the target. */
  readonly broadcastPrependTo: SendVerb<BroadcastOptions>
  /** Replaces the target itself. */
  readonly broadcastReplaceTo: SendVerb<BroadcastOptions>
  /** Replaces what is in the target. */
  readonly broadcastUpdateTo: SendVerb<BroadcastOptions>
  /** Inserts before the target. */
  readonly broadcastBeforeTo: SendVerb<BroadcastOptions>
  /** Inserts after the target. */
  readonly broadcastAfterTo: SendVerb<BroadcastOptions>
  /** Removes the target. Renders nothing. */
  readonly broadcastRemoveTo: SendVerb<RemoveOptions>
  /** Lets every page of the stream fetch itself again. */
  readonly broadcastRefreshTo: (streamables: Streamable, options?: RefreshBroadcastOptions) => Promise<boolean>
  /**
   * Sends data instead of HTML; the page gets it as an event. The data is copied at the call.
   * Throws `TURBO_CABLE_BAD_DATA` for a string (a page would take it for HTML) and for what JSON cannot hold.
   */
  readonly broadcastJson: (streamables: Streamable, data: unknown, options?: ExcludeOption) => Promise<boolean>
  readonly broadcastActionLaterTo: LaterVerb<ActionOptions>
  readonly broadcastAppendLaterTo: LaterVerb<BroadcastOptions>
  readonly broadcastPrependLaterTo: LaterVerb<BroadcastOptions>
  readonly broadcastReplaceLaterTo: LaterVerb<BroadcastOptions>
  readonly broadcastUpdateLaterTo: LaterVerb<BroadcastOptions>
  readonly broadcastBeforeLaterTo: LaterVerb<BroadcastOptions>
  readonly broadcastAfterLaterTo: LaterVerb<BroadcastOptions>
}

/** What verbs work with; asked anew for each broadcast. */
export interface VerbContext extends PerformContext {
  readonly scheduler: () => Scheduler
}

/** Makes the verbs of a cable or of a process. */
export function createVerbs(context: VerbContext): Verbs {
  const perform = createPerform(context)

  const broadcastActionTo: Verbs['broadcastActionTo'] = (streamables, { action, ...options }) =>
    perform(broadcastJob(streamables, action, options))
  const broadcastActionLaterTo: Verbs['broadcastActionLaterTo'] = (streamables, { action, ...options }) => {
    void schedule(context.scheduler(), broadcastJob(streamables, action, options))
  }

  return {
    broadcastActionTo,
    broadcastAppendTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'append' }),
    broadcastPrependTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'prepend' }),
    broadcastReplaceTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'replace' }),
    broadcastUpdateTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'update' }),
    broadcastBeforeTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'before' }),
    broadcastAfterTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'after' }),
    broadcastRemoveTo: (streamables, options) => broadcastActionTo(streamables, { ...options, action: 'remove' }),
    broadcastRefreshTo: (streamables, options = {}) =>
      broadcastActionTo(streamables, {
        ...refreshPlacement(options),
        exclude: options.exclude,
        action: 'refresh',
      }),
    broadcastJson: (streamables, data, options = {}) =>
      deliver(context.publisher(), jsonBroadcast(streamables, data, options), 'broadcastJson'),

    broadcastActionLaterTo,
    broadcastAppendLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'append' }),
    broadcastPrependLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'prepend' }),
    broadcastReplaceLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'replace' }),
    broadcastUpdateLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'update' }),
    broadcastBeforeLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'before' }),
    broadcastAfterLaterTo: (streamables, options) =>
      broadcastActionLaterTo(streamables, { ...options, action: 'after' }),
  }
}

function jsonBroadcast(streamables: Streamable, data: unknown, options: ExcludeOption): Broadcast {
  const exclude = connectionId(options.exclude)
  return { stream: streamName(streamables), data: jsonData(data), ...(exclude && { exclude }) }
}

// A queue that is away is trouble like a hub that is away: a logged line.
async function schedule(scheduler: Scheduler, job: BroadcastJob): Promise<void> {
  try {
    await scheduler.schedule(job)
  } catch (error) {
    warn(troubleLine(verbName(job.action), job.stream, error))
  }
}
