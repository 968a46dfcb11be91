// The public names of the browser's half. Needs Turbo, does not need Stimulus.

import { emit } from './emit.js'
import { connection } from './page.js'
import type { Message } from './protocol.js'
import type { TypedStream, UntypedStream } from './typed-stream.js'

export type { TurboCableEventMap } from './events.js'
export { connectMarker, disconnectMarker } from './markers.js'
export { connectionId, start, stop } from './page.js'
export type { Message } from './protocol.js'
export type { TypedStream } from './typed-stream.js'
export { watchMarkers } from './watch.js'

/** How to subscribe. */
export interface SubscribeOptions {
  /** The position after which everything is delivered, as far as the server still has it. */
  cursor?: string | null
}

/**
 * Calls `listener` with the data of each message of `stream`: a string, or whatever JSON was broadcast. For code that learns
 * a stream's name later than the page does; such messages are not rendered and make no event.
 *
 *     const unsubscribe = subscribe(importStream(7), ({ progress }) => { bar.value = progress })
 *
 * With `cursor`, everything after that cursor is delivered first, if the server still has it; without, from now on. Fires
 * `turbo-cable:connected`, `:disconnected` and `:rejected` on `document`, with `detail.stream`. Returns the function that ends it.
 */
export function subscribe<Data>(
  stream: TypedStream<Data>,
  listener: (data: Data, message: Message) => void,
  options?: SubscribeOptions,
): () => void
/** The same for a stream that says nothing of its data: `subscribe<{ progress: number }>('job:7', ({ progress }) => …)`. */
export function subscribe<Data = unknown>(
  stream: UntypedStream,
  listener: (data: Data, message: Message) => void,
  options?: SubscribeOptions,
): () => void
export function subscribe<Data>(
  stream: string,
  listener: (data: Data, message: Message) => void,
  { cursor = null }: SubscribeOptions = {},
): () => void {
  return connection().subscribe(stream, {
    cursor,
    waiting: true,
    deliver: (message) => listener(message.data as Data, message),
    notify: (change, reason) => void emit(`turbo-cable:${change}`, { stream, reason }),
  })
}

/**
 * Says `data`, any JSON value, to the other subscribers of a stream that allows it (the server's option `whispers`), in every tab
 * but this: typing, a cursor, what need not arrive. They get the event `turbo-cable:whisper` on `document`.
 *
 *     whisper('room:7', { typing: true })
 *     // → {"type":"whisper","stream":"room:7","data":{"typing":true}}
 *
 * `stream` is the name or the token of a marker in this page, or of `subscribe()`; where names are signed, both will do. Nothing
 * is kept: while the stream is not connected, nothing is sent.
 */
export function whisper(stream: string, data: unknown): void {
  connection().whisper(stream, data)
}
