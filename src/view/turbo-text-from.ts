// turboTextFrom(): what a page that comes late shows of a text that grows.

import { failure } from '../errors'
import { type Streamable, streamName } from '../stream/name'
import { placement, type Target } from '../turbo/element'

/**
 * Writes what a text of `broadcastStream()` has so far, for the inside of its target; the page's marker brings the rest. Its output
 * is HTML, so print it with the engine's raw tag: EJS `<pre id="answer"><%- turboTextFrom(['answer', 7], 'answer') %></pre>`.
 *
 * ```ts
 * turboTextFrom(['answer', 7], 'answer')
 * // → <span id="text-4f1c09">Once upon a</span><span id="text-4f1c09-live" data-text-stream-live></span>
 * ```
 *
 * Empty where this process knows no such text: the target then shows nothing of it, and never a part of it without its start.
 * Throws `TURBO_CABLE_BAD_STREAM`, `…_NO_TARGET`.
 */
export type TurboTextFrom = (streamables: Streamable, target: Target) => string

/** Makes the view helper. `html` writes the text of a stream in a target. */
export function createTurboTextFrom(html: (stream: string, target: string) => string): TurboTextFrom {
  return (streamables, target) => {
    const { target: id } = placement('update', { target })
    if (id === undefined) throw failure('TURBO_CABLE_NO_TARGET', ['update'])
    return html(streamName(streamables), id)
  }
}
