// From a message to the page: Turbo Streams are drawn, JSON becomes an event.

import { draw } from './draw.js'
import { emit } from './emit.js'
import { advance, pagePart } from './parts.js'
import type { Message } from './protocol.js'

/**
 * Applies one message to whatever of the document lacks it. A string with a `<turbo-stream>` in it is drawn; anything else is
 * dispatched as `turbo:stream-message` on `document`, with `detail: { stream, data, cursor, replayed }`.
 */
export function render(message: Message): void {
  const { stream, data, cursor, replayed = false } = message
  try {
    if (typeof data === 'string' && data.includes('<turbo-stream')) draw(message)
    else if (pagePart().lacks(message)) emit('turbo:stream-message', { stream, data, cursor, replayed })
  } finally {
    if (cursor) advance(stream, cursor)
  }
}
