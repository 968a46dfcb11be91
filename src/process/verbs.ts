// The free functions: every verb, bound to the defaults of the process. What models, jobs and scripts import.
// Each is declared by itself, so that its words reach the editor: a name out of a destructured object has none.

import { createBroadcastable, type Mixin } from '../broadcast/broadcastable'
import { createVerbs } from '../broadcast/create-verbs'
import { createPerform } from '../broadcast/perform'
import type { BroadcastJob } from '../broadcast/scheduler'
import type { Verbs } from '../broadcast/verbs'
import { processContext } from './defaults'

const verbs = createVerbs(processContext)
const perform = createPerform(processContext)

/**
 * Sends any action, also one of the page's own, which needs neither target nor content.
 *
 * ```ts
 * await broadcastActionTo('list', { action: 'highlight', targets: '.row' })
 * // → <turbo-stream action="highlight" targets=".row"><template></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_BAD_OPTION`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastActionTo: Verbs['broadcastActionTo'] = verbs.broadcastActionTo

/**
 * Adds to the end of the target.
 *
 * ```ts
 * await broadcastAppendTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })
 * // → <turbo-stream action="append" target="messages"><template><p>hi</p></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastAppendTo: Verbs['broadcastAppendTo'] = verbs.broadcastAppendTo

/**
 * Adds to the start of the target.
 *
 * ```ts
 * await broadcastPrependTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })
 * // → <turbo-stream action="prepend" target="messages"><template><p>hi</p></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastPrependTo: Verbs['broadcastPrependTo'] = verbs.broadcastPrependTo

/**
 * Replaces the target itself.
 *
 * ```ts
 * await broadcastReplaceTo(message, { target: message, html: '<p id=…>' })
 * // → <turbo-stream action="replace" target="message_1"><template><p id=…></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastReplaceTo: Verbs['broadcastReplaceTo'] = verbs.broadcastReplaceTo

/**
 * Replaces what is in the target.
 *
 * ```ts
 * await broadcastUpdateTo('scores', { target: 'home', text: 3 })
 * // → <turbo-stream action="update" target="home"><template>3</template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastUpdateTo: Verbs['broadcastUpdateTo'] = verbs.broadcastUpdateTo

/**
 * Inserts before the target.
 *
 * ```ts
 * await broadcastBeforeTo('list', { target: 'row_7', html: '<hr>' })
 * // → <turbo-stream action="before" target="row_7"><template><hr></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastBeforeTo: Verbs['broadcastBeforeTo'] = verbs.broadcastBeforeTo

/**
 * Inserts after the target.
 *
 * ```ts
 * await broadcastAfterTo('list', { target: 'row_7', html: '<hr>' })
 * // → <turbo-stream action="after" target="row_7"><template><hr></template></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_NO_CONTENT`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 * A partial needs a renderer (`TURBO_CABLE_NO_RENDERER`); one that is missing or throws rejects:
 * `TURBO_CABLE_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export const broadcastAfterTo: Verbs['broadcastAfterTo'] = verbs.broadcastAfterTo

/**
 * Removes the target, and renders nothing.
 *
 * ```ts
 * await broadcastRemoveTo('list', { target: 'row_7' })
 * // → <turbo-stream action="remove" target="row_7"></turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 */
export const broadcastRemoveTo: Verbs['broadcastRemoveTo'] = verbs.broadcastRemoveTo

/**
 * Lets every page of the stream fetch itself again. The tab whose request causes it does not, unless `requestId` is `null`.
 *
 * ```ts
 * await broadcastRefreshTo('list')
 * // → <turbo-stream action="refresh"></turbo-stream>, in a request of Turbo's with its request-id
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_BAD_OPTION`, `…_BAD_ATTRIBUTE`, `…_BAD_RECORD`.
 */
export const broadcastRefreshTo: Verbs['broadcastRefreshTo'] = verbs.broadcastRefreshTo

/**
 * Sends data instead of HTML, as it is at the call; the page gets it as an event.
 *
 * ```ts
 * await broadcastJson(['job', 7], { progress: 50 })
 * // → the page's subscribe('job:7', (data) => …) gets { progress: 50 }
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_BAD_RECORD`, and `…_BAD_DATA` for a string (a page would take it for HTML) and for what
 * JSON cannot hold.
 */
export const broadcastJson: Verbs['broadcastJson'] = verbs.broadcastJson

/**
 * Shows text in a target of every page of a stream as it comes: what a process prints, a language model says, a log gets.
 *
 * ```ts
 * await broadcastStream(['answer', 7], child.stdout, { target: 'answer' })
 * // → { state: 'done', characters: 1204, messages: 31, taken: true }
 * ```
 *
 * The source is a Readable or any iterable of strings and bytes. Text is escaped, whole characters are sent, and what comes within
 * a frame's time in one message. Resolves to totals at the end of the source, or when `signal` is aborted (`state: 'stopped'`);
 * rejects with what the source fails with. A page that comes late is rendered with `turboTextFrom()` (docs/text-streams.md).
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`, `…_BAD_OPTION`, `…_BAD_RECORD`.
 */
export const broadcastStream: Verbs['broadcastStream'] = verbs.broadcastStream

/**
 * `broadcastActionTo` off the caller's path: `broadcastActionLaterTo('list', { action: 'highlight', targets: '.row' })`. It checks now, and throws as `broadcastActionTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastActionLaterTo: Verbs['broadcastActionLaterTo'] = verbs.broadcastActionLaterTo

/**
 * `broadcastAppendTo` off the caller's path: `broadcastAppendLaterTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })`. It checks now, and throws as `broadcastAppendTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastAppendLaterTo: Verbs['broadcastAppendLaterTo'] = verbs.broadcastAppendLaterTo

/**
 * `broadcastPrependTo` off the caller's path: `broadcastPrependLaterTo(['room', 7], { target: 'messages', html: '<p>hi</p>' })`. It checks now, and throws as `broadcastPrependTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastPrependLaterTo: Verbs['broadcastPrependLaterTo'] = verbs.broadcastPrependLaterTo

/**
 * `broadcastReplaceTo` off the caller's path: `broadcastReplaceLaterTo(message, { target: message, html: '<p id=…>' })`. It checks now, and throws as `broadcastReplaceTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastReplaceLaterTo: Verbs['broadcastReplaceLaterTo'] = verbs.broadcastReplaceLaterTo

/**
 * `broadcastUpdateTo` off the caller's path: `broadcastUpdateLaterTo('scores', { target: 'home', text: 3 })`. It checks now, and throws as `broadcastUpdateTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastUpdateLaterTo: Verbs['broadcastUpdateLaterTo'] = verbs.broadcastUpdateLaterTo

/**
 * `broadcastBeforeTo` off the caller's path: `broadcastBeforeLaterTo('list', { target: 'row_7', html: '<hr>' })`. It checks now, and throws as `broadcastBeforeTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastBeforeLaterTo: Verbs['broadcastBeforeLaterTo'] = verbs.broadcastBeforeLaterTo

/**
 * `broadcastAfterTo` off the caller's path: `broadcastAfterLaterTo('list', { target: 'row_7', html: '<hr>' })`. It checks now, and throws as `broadcastAfterTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastAfterLaterTo: Verbs['broadcastAfterLaterTo'] = verbs.broadcastAfterLaterTo

/**
 * `broadcastRefreshTo`, many as few: `broadcastRefreshLaterTo('list')`. The first of a burst is sent at once, the others as one
 * when it has been quiet for 500 ms, and every 2,000 ms while it is not. Where they come from several requests, the one refresh
 * has no id, so that no tab takes the change of another for its own. What waits is sent when the cable closes, and before a
 * process ends by itself. It throws as `broadcastRefreshTo` does; trouble then is a logged line.
 */
export const broadcastRefreshLaterTo: Verbs['broadcastRefreshLaterTo'] = verbs.broadcastRefreshLaterTo

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

/**
 * Gives a class the broadcast methods, as `Turbo::Broadcastable` gives them to a Rails model.
 *
 * ```ts
 * class Message extends Broadcastable(Model) {}
 * await message.broadcastAppendTo(['room', 7])
 * // → <turbo-stream action="append" target="messages"><template>(messages/_message with { message })</template></turbo-stream>
 * ```
 *
 * They work in hooks: what cannot be rendered is a logged line and `false`. Misuse throws as with the free functions, and `TURBO_CABLE_BAD_RECORD` for a record whose class has no name.
 */
export const Broadcastable: Mixin = createBroadcastable(verbs)
