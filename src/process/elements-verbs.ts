// The free functions that send whole elements: a view of them, or text that is written already.

import { createVerbs } from '../broadcast/create-verbs'
import type { Verbs } from '../broadcast/verbs'
import { processContext } from './defaults'

const verbs = createVerbs(processContext)

/**
 * Sends all elements of a `.turbo_stream` view as one message.
 *
 * ```ts
 * await broadcastRenderTo(['room', 7], { partial: 'messages/create', locals: { message } })
 * // → what messages/create.turbo_stream.ejs writes, without whitespace between the elements
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_BAD_OPTION`, `…_NO_RENDERER`; rejects with `…_PARTIAL_MISSING`, `…_RENDER_FAILED`, and
 * `…_BAD_OPTION` for a view that writes something else than elements.
 */
export const broadcastRenderTo: Verbs['broadcastRenderTo'] = verbs.broadcastRenderTo

/**
 * Sends elements that are written already.
 *
 * ```ts
 * await broadcastStreamTo('list', { content: turboStream.remove('row_7') + turboStream.update('count', { text: 6 }) })
 * // → <turbo-stream action="remove" target="row_7"></turbo-stream><turbo-stream action="update" target="count">…</turbo-stream>
 * ```
 *
 * True when it was taken; false, after one logged line, when the hub could not be reached.
 * Throws `TURBO_CABLE_BAD_STREAM`, and `…_BAD_OPTION` for what is no element.
 */
export const broadcastStreamTo: Verbs['broadcastStreamTo'] = verbs.broadcastStreamTo

/**
 * `broadcastRenderTo` off the caller's path: `broadcastRenderLaterTo(['room', 7], { partial: 'messages/create' })`. It checks now, and throws as `broadcastRenderTo` does;
 * rendering and sending follow in the scheduler, in order for each stream. Trouble then is a logged line.
 */
export const broadcastRenderLaterTo: Verbs['broadcastRenderLaterTo'] = verbs.broadcastRenderLaterTo
