// What a message costs in memory, so that every bound on messages counts alike.

import type { Outgoing } from './engine'

/** Bytes that a message or a remembered stream costs beside its text, roughly: so that tiny ones are bounded too. */
export const overhead = 200

/** Bytes that a message costs, roughly. */
export function sizeOf({ stream, json }: Outgoing): number {
  return overhead + stream.length + json.length
}
