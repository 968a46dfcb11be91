// Pages that refresh all at once are a stampede on the app: each fetches itself. The hub knows how many there are, so it says over
// how long they shall spread.

import type { Positioned } from '../engine/engine'
import type { Delivered } from '../protocol/protocol'

// Users write what messages carry, so no text may be looked at twice: each match goes to where its tag ends, or the text.
const tags = /<turbo-stream [^>]*/g
/** What the tag that makes a page fetch itself has, in JSON text. */
const refresh = ' action=\\"refresh\\"'

/** The window for so many pages, ms; 0 where they are no more than may refresh in a second. */
export function spreadWindow(pages: number, perSecond: number): number {
  return pages > perSecond ? Math.ceil((pages * 1_000) / perSecond) : 0
}

/** The message with the window that its pages spread over, if it makes more of them refresh than may do so in a second. */
export function spread(message: Positioned, pages: number, perSecond: number): Delivered {
  const window = spreadWindow(pages, perSecond)
  return window > 0 && refreshes(message.json) ? { ...message, refresh: window } : message
}

// Only a string is HTML for pages.
function refreshes(json: string): boolean {
  if (!json.startsWith('"')) return false
  for (const [tag] of json.matchAll(tags)) if (tag.includes(refresh)) return true
  return false
}
