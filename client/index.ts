// The public names of the browser's half. Needs Turbo, does not need Stimulus.

import { emit } from './emit.js'
import { connection } from './page.js'
import type { Message } from './protocol.js'

export type { TurboCableEventMap } from './events.js'
export { connectMarker, disconnectMarker } from './markers.js'
export { connectionId, start, stop } from './page.js'
export type { Message } from './protocol.js'
export { watchMarkers } from './watch.js'

/**
 * Calls `listener` with the data of each message of `stream`: a string, or whatever JSON was broadcast. For code that learns
 * a stream's name later than the page does; such messages are not rendered and make no event.
 *
 *     const unsubscribe = subscribe('job:7', ({ progress }) => { bar.value = progress })
 *
 * With `cursor`, everything after that cursor is delivered first, if the server still has it; without, from now on. Fires
 * `turbo-cable:connected`, `:disconnected` and `:rejected` on `document`, with `detail.stream`. Returns the function that ends it.
 */
export function subscribe<Data = unknown>(
  stream: string,
  listener: (data: Data, message: Message) => void,
  { cursor = null }: { cursor?: string | null } = {},
): () => void {
  return connection().subscribe(stream, {
    cursor,
    waiting: true,
    deliver: (message) => listener(message.data as Data, message),
    notify: (change, reason) => void emit(`turbo-cable:${change}`, { stream, reason }),
  })
}
