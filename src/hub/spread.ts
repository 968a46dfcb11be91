// Pages that refresh all at once are a stampede on the app: each fetches itself. The hub knows how many there are, so it says over
// how long they shall spread.

import type { Positioned } from '../engine/engine'
import type { Delivered } from '../protocol/protocol'

/** How a `<turbo-stream>` that makes a page fetch itself begins, in JSON text. */
const refresh = /<turbo-stream(?: [^>]*)? action=\\"refresh\\"/

/** The window for so many pages, ms; 0 where they are no more than may refresh in a second. */
export function spreadWindow(pages: number, perSecond: number): number {
  return pages > perSecond ? Math.ceil((pages * 1_000) / perSecond) : 0
}

/** The message with the window that its pages spread over, if it makes more of them refresh than may do so in a second. */
export function spread(message: Positioned, pages: number, perSecond: number): Delivered {
  const window = spreadWindow(pages, perSecond)
  return window > 0 && refresh.test(message.json) ? { ...message, refresh: window } : message
}
