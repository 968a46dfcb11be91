// What the mixin adds to a model: the methods, and what each fills in.

import type { Streamable } from '../stream/name'
import type { ActionOptions, BroadcastOptions } from './job'
import type { RefreshBroadcastOptions, RemoveOptions } from './verbs'

/**
 * The methods that `Broadcastable` adds. The target is the record's `domId` for replace, update and remove, its list
 * (`messages`) for append, prepend and custom actions; before and after need one. The content is the record's partial
 * (`messages/message`) with the record as a local (`message`), unless content is given. Those without `To` send to the
 * record's own stream: `turboStreamFrom(message)`. Saving may not depend on a page: without a renderer, and where the partial is
 * missing or throws, they log one line and resolve to false; within `suppressingBroadcasts` they send nothing and do so too. All
 * else is as with the free functions of the same names.
 */
export interface BroadcastMethods {
  /** Sends any action, to the record's list: `message.broadcastActionTo('room', { action: 'highlight' })`. */
  broadcastActionTo(streamables: Streamable, options: ActionOptions): Promise<boolean>
  /** Adds the record to the end of its list: `message.broadcastAppendTo(['room', 7])` → target `messages`. */
  broadcastAppendTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  /** Adds the record to the start of its list: `message.broadcastPrependTo(['room', 7])` → target `messages`. */
  broadcastPrependTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  /** Replaces the record's element: `message.broadcastReplaceTo(['room', 7])` → target `message_1`. */
  broadcastReplaceTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  /** Replaces what is in the record's element: `message.broadcastUpdateTo(['room', 7])` → target `message_1`. */
  broadcastUpdateTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  /** Inserts the record before a target: `message.broadcastBeforeTo('room', { target: 'message_2' })`. */
  broadcastBeforeTo(streamables: Streamable, options: BroadcastOptions): Promise<boolean>
  /** Inserts the record after a target: `message.broadcastAfterTo('room', { target: 'message_2' })`. */
  broadcastAfterTo(streamables: Streamable, options: BroadcastOptions): Promise<boolean>
  /** Removes the record's element: `message.broadcastRemoveTo(['room', 7])` → target `message_1`. */
  broadcastRemoveTo(streamables: Streamable, options?: RemoveOptions): Promise<boolean>
  /** Lets every page of the stream fetch itself again: `message.broadcastRefreshTo('room')`. */
  broadcastRefreshTo(streamables: Streamable, options?: RefreshBroadcastOptions): Promise<boolean>

  /** `broadcastActionTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastActionLaterTo(streamables: Streamable, options: ActionOptions): void
  /** `broadcastAppendTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastAppendLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  /** `broadcastPrependTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastPrependLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  /** `broadcastReplaceTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastReplaceLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  /** `broadcastUpdateTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastUpdateLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  /** `broadcastBeforeTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastBeforeLaterTo(streamables: Streamable, options: BroadcastOptions): void
  /** `broadcastAfterTo` off the caller's path: checked now, rendered and sent in its turn. */
  broadcastAfterLaterTo(streamables: Streamable, options: BroadcastOptions): void

  /** `broadcastRefreshTo`, many as few: the first of a burst at once, the others as one when it is over. */
  broadcastRefreshLaterTo(streamables: Streamable, options?: RefreshBroadcastOptions): void

  /** `broadcastActionTo` the record's own stream: `message.broadcastAction('highlight')`. */
  broadcastAction(action: string, options?: BroadcastOptions): Promise<boolean>
  /** `broadcastAppendTo` the record's own stream. */
  broadcastAppend(options?: BroadcastOptions): Promise<boolean>
  /** `broadcastPrependTo` the record's own stream. */
  broadcastPrepend(options?: BroadcastOptions): Promise<boolean>
  /** `broadcastReplaceTo` the record's own stream. */
  broadcastReplace(options?: BroadcastOptions): Promise<boolean>
  /** `broadcastUpdateTo` the record's own stream. */
  broadcastUpdate(options?: BroadcastOptions): Promise<boolean>
  /** `broadcastRemoveTo` the record's own stream. */
  broadcastRemove(options?: RemoveOptions): Promise<boolean>
  /** `broadcastRefreshTo` the record's own stream. */
  broadcastRefresh(options?: RefreshBroadcastOptions): Promise<boolean>
  /** `broadcastActionLaterTo` the record's own stream: `message.broadcastActionLater('highlight')`. */
  broadcastActionLater(action: string, options?: BroadcastOptions): void
  /** `broadcastAppendLaterTo` the record's own stream. */
  broadcastAppendLater(options?: BroadcastOptions): void
  /** `broadcastPrependLaterTo` the record's own stream. */
  broadcastPrependLater(options?: BroadcastOptions): void
  /** `broadcastReplaceLaterTo` the record's own stream. */
  broadcastReplaceLater(options?: BroadcastOptions): void
  /** `broadcastUpdateLaterTo` the record's own stream. */
  broadcastUpdateLater(options?: BroadcastOptions): void
  /** `broadcastRefreshLaterTo` the record's own stream. */
  broadcastRefreshLater(options?: RefreshBroadcastOptions): void
}
