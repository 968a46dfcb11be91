// The frames of what is replayed, made once for all who ask: they live as long as the message that they are of is kept.

import type { Positioned } from '../engine/engine'
import type { Audience } from './audience'

export class KeptFrames {
  readonly #frames = new WeakMap<Positioned, Map<string, Buffer>>()

  /** A message as an audience is sent it. */
  of(audience: Audience, message: Positioned): Buffer {
    const known = this.#frames.get(message) ?? new Map<string, Buffer>()
    const frame = known.get(audience.key) ?? audience.frame(message)
    this.#frames.set(message, known.set(audience.key, frame))
    return frame
  }
}
