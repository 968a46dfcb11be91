// What a hub says to the others about who is with it, under its own name.

import type { Engine, PresenceSignal } from '../engine/engine'
import { logger } from '../log'

const debug = logger('presence')

/** What a hub may say, without its name. */
export type Said = PresenceSignal extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'type' | 'from'>
    : never
  : never

/** Says it. */
export class PresenceVoice {
  readonly #name: string
  readonly #engine: Engine

  /** `name` is the hub's among the others. */
  constructor(name: string, engine: Engine) {
    this.#name = name
    this.#engine = engine
  }

  /** Resolves to whether it is on its way. Never rejects: what did not get through is asked for later. */
  async say(said: Said): Promise<boolean> {
    try {
      await this.#engine.signal({ ...said, type: 'presence', from: this.#name })
      return true
    } catch (error) {
      debug('%s did not reach the others: %s', said.kind, error instanceof Error ? error.message : error)
      return false
    }
  }
}
