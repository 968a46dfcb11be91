// The broadcast verbs: what there is, what each takes, and what each does.

import type { StreamData } from '../stream/define-stream'
import type { Streamable } from '../stream/name'
import type { ExcludeOption } from '../stream/page-id'
import type { PlacementOptions } from '../turbo/element'
import type { RefreshOptions } from '../turbo/turbo-stream'
import type { ElementsBroadcastOptions, ViewBroadcastOptions } from './elements-job'
import type { ActionOptions, BroadcastOptions } from './job'
import type { BroadcastStream } from './text-stream'

/** The options of `broadcastRemoveTo`. */
export interface RemoveOptions extends Omit<PlacementOptions, 'method'>, ExcludeOption {}

/** The options of `broadcastRefreshTo`. */
export interface RefreshBroadcastOptions extends RefreshOptions, ExcludeOption {}

/** A verb that sends now: `await broadcastAppendTo(['room', 7], { target: 'messages', html })`. */
export type SendVerb<Options> = (streamables: Streamable, options: Options) => Promise<boolean>

/** The verb that sends data. A stream that says what its data is, by `defineStream()`, takes no other. */
export type JsonVerb = <Stream extends Streamable>(
  streamables: Stream,
  data: StreamData<Stream>,
  options?: ExcludeOption,
) => Promise<boolean>

/** A verb that returns at once; rendering and sending follow, in order for each stream. Trouble then is a logged line. */
export type LaterVerb<Options> = (streamables: Streamable, options: Options) => void

/**
 * The verbs. Each takes one stream (an array is one: `['room', 7]` is `room:7`) and its options; it resolves to true when the
 * broadcast was taken, and to false, after one logged line, when the hub could not be reached. Misuse throws at the call:
 * `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_ATTRIBUTE`, `…_BAD_OPTION`, `…_BAD_RECORD`,
 * `…_NO_RENDERER`. A partial that is missing or throws rejects: `…_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export interface Verbs {
  /**
   * Sends any action, also one of the page's own, which needs neither target nor content.
   * `broadcastActionTo('list', { action: 'highlight', targets: '.row' })` →
   * `<turbo-stream action="highlight" targets=".row"><template></template></turbo-stream>`
   */
  readonly broadcastActionTo: SendVerb<ActionOptions>
  /**
   * Adds to the end of the target. `broadcastAppendTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })` →
   * `<turbo-stream action="append" target="messages"><template><p>hi</p></template></turbo-stream>`
   */
  readonly broadcastAppendTo: SendVerb<BroadcastOptions>
  /**
   * Adds to the start of the target. `broadcastPrependTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })` →
   * `<turbo-stream action="prepend" target="messages"><template><p>hi</p></template></turbo-stream>`
   */
  readonly broadcastPrependTo: SendVerb<BroadcastOptions>
  /**
   * Replaces the target itself. `broadcastReplaceTo(message, { target: message, html: '<p id=…>' })` →
   * `<turbo-stream action="replace" target="message_1"><template><p id=…></template></turbo-stream>`
   */
  readonly broadcastReplaceTo: SendVerb<BroadcastOptions>
  /**
   * Replaces what is in the target. `broadcastUpdateTo('scores', { target: 'home', text: 3 })` →
   * `<turbo-stream action="update" target="home"><template>3</template></turbo-stream>`
   */
  readonly broadcastUpdateTo: SendVerb<BroadcastOptions>
  /**
   * Inserts before the target. `broadcastBeforeTo('list', { target: 'row_7', html: '<hr>' })` →
   * `<turbo-stream action="before" target="row_7"><template><hr></template></turbo-stream>`
   */
  readonly broadcastBeforeTo: SendVerb<BroadcastOptions>
  /**
   * Inserts after the target. `broadcastAfterTo('list', { target: 'row_7', html: '<hr>' })` →
   * `<turbo-stream action="after" target="row_7"><template><hr></template></turbo-stream>`
   */
  readonly broadcastAfterTo: SendVerb<BroadcastOptions>
  /**
   * Removes the target, and renders nothing. `broadcastRemoveTo('list', { target: 'row_7' })` →
   * `<turbo-stream action="remove" target="row_7"></turbo-stream>`
   */
  readonly broadcastRemoveTo: SendVerb<RemoveOptions>
  /**
   * Lets every page of the stream fetch itself again. `broadcastRefreshTo('list')` →
   * `<turbo-stream action="refresh"></turbo-stream>`. The tab whose request causes it does not; `requestId: null` lets it too.
   */
  readonly broadcastRefreshTo: (streamables: Streamable, options?: RefreshBroadcastOptions) => Promise<boolean>
  /**
   * `broadcastRefreshTo`, many as few: the first of a burst is sent at once, the others as one when it has been quiet for 500 ms,
   * and every 2,000 ms while it is not. Refreshes of several requests go without an id, to everybody. It never rejects; trouble is
   * a logged line. `broadcastRefreshLaterTo('list')`.
   */
  readonly broadcastRefreshLaterTo: (streamables: Streamable, options?: RefreshBroadcastOptions) => void
  /**
   * Sends all elements of a `.turbo_stream` view as one message: `broadcastRenderTo('room', { partial: 'messages/create', locals })`
   * renders `messages/create.turbo_stream.ejs`. What it renders must be elements: `TURBO_CABLE_BAD_OPTION`.
   */
  readonly broadcastRenderTo: SendVerb<ViewBroadcastOptions>
  /** Sends elements that are written already: `broadcastStreamTo('room', { content: turboStream.remove('a') })`. */
  readonly broadcastStreamTo: SendVerb<ElementsBroadcastOptions>
  /**
   * Sends data instead of HTML, copied at the call; the page gets it as an event: `broadcastJson('job', { progress: 50 })`.
   * Throws `TURBO_CABLE_BAD_DATA` for a string (a page would take it for HTML) and for what JSON cannot hold.
   */
  readonly broadcastJson: JsonVerb
  /**
   * Shows text in a target as it comes: what a process prints, a language model says. `broadcastStream(['answer', 7],
   * child.stdout, { target: 'answer' })`. Resolves at the end of the source to totals; rejects with what the source fails with.
   */
  readonly broadcastStream: BroadcastStream
  /** `broadcastActionTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastActionLaterTo: LaterVerb<ActionOptions>
  /** `broadcastAppendTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastAppendLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastPrependTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastPrependLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastReplaceTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastReplaceLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastUpdateTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastUpdateLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastBeforeTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastBeforeLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastAfterTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastAfterLaterTo: LaterVerb<BroadcastOptions>
  /** `broadcastRenderTo` off the caller's path: checked now, rendered and sent in its turn. */
  readonly broadcastRenderLaterTo: LaterVerb<ViewBroadcastOptions>
}
