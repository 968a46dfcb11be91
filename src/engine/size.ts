// What messages and streams cost in memory, so that every bound counts alike. The constants were measured on Node 20.

import type { Outgoing } from './engine'

/** Bytes that a message costs. */
export function sizeOf({ json }: Outgoing): number {
  return 300 + textSize(json)
}

/** Bytes that a stream costs while it has messages. */
export function streamSize(stream: string): number {
  return 350 + textSize(stream)
}

/** Bytes that the name of a silent stream costs. */
export function silentSize(stream: string): number {
  return 150 + textSize(stream)
}

// V8 holds text that is not ASCII in up to two bytes a character.
function textSize(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : text.length * 2
}
