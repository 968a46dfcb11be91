// What a message costs in memory. Every bound on kept messages counts by it.

import type { Outgoing } from './engine'

/** What a message or a remembered stream costs beside its text, bytes, roughly. So many tiny ones are bounded too. */
export const overhead = 200

/** What a message costs, bytes, roughly. */
export function sizeOf({ stream, json }: Outgoing): number {
  return overhead + stream.length + json.length
}
