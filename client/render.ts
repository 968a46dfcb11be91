// From a message to the page: Turbo Streams are drawn, JSON becomes an event.

import { draw } from './draw.js'
import { emit } from './emit.js'
import { pagePart, parts } from './parts.js'
import type { Message } from './protocol.js'

/**
 * Applies one message to whatever of the document lacks it and has all that the stream had up to `since`. A string with a `<turbo-stream>` in it is drawn; anything else is
 * dispatched as `turbo:stream-message` on `document`, with `detail: { stream, data, cursor, replayed }`.
 */
export function render(message: Message, since?: string): void {
  const { stream, data, cursor, replayed = false } = message
  const lacking = new Set(parts().filter((part) => part.lacks(message, since)))
  try {
    if (typeof data === 'string' && data.includes('<turbo-stream')) draw(message, lacking)
    else if (lacking.has(pagePart())) emit('turbo:stream-message', { stream, data, cursor, replayed })
  } finally {
    if (cursor) for (const part of lacking) part.advance(stream, cursor)
  }
}
