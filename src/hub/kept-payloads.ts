// The bytes of what is replayed, made once for all who ask: they live as long as the message that they are of is kept. Only the
// payload is: what is around it may be of a client's making, and would be kept once for each of them.

import type { Positioned } from '../engine/engine'

export class KeptPayloads {
  readonly #payloads = new WeakMap<Positioned, Buffer>()

  /** A message's JSON in bytes. */
  of(message: Positioned): Buffer {
    const payload = this.#payloads.get(message) ?? Buffer.from(message.json)
    this.#payloads.set(message, payload)
    return payload
  }
}
