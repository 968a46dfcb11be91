// Removals that did not reach the other processes: who was to be out must not stay in there because the engine was away at that
// moment. They are said again once it can be reached.

import type { PresenceSignal, Signal, Whisper } from '../engine/engine'
import { keyOf } from '../engine/revoked'

/** A signal that takes something back. */
export type Removal = Exclude<Signal, Whisper | PresenceSignal>

/** How many are remembered. */
const most = 10_000

/** Until the next attempt where the engine can be reached and did not take one, ms; it doubles. */
const firstPause = 1_000
const longestPause = 30_000

/** What one hub owes the others. */
export class OwedRemovals {
  readonly #say: (removal: Removal) => Promise<void>
  /** By what they are about, oldest first: of two about the same the later one counts. */
  readonly #owed = new Map<string, Removal>()
  #away = false
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause

  /** `say` sends one, and rejects where the engine does not take it. */
  constructor(say: (removal: Removal) => Promise<void>) {
    this.#say = say
  }

  /** Takes one that was refused. */
  add(removal: Removal): void {
    const key = nameOf(removal)
    this.#owed.delete(key)
    this.#owed.set(key, removal)
    for (const oldest of this.#owed.keys()) {
      if (this.#owed.size <= most) break
      this.#owed.delete(oldest)
    }
    this.#schedule(this.#pause)
  }

  /** Another one about the same is sent now. */
  drop(removal: Removal): void {
    this.#owed.delete(nameOf(removal))
  }

  /** The engine cannot be reached. */
  away(): void {
    this.#away = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** It can be reached again. */
  back(): void {
    this.#away = false
    this.#pause = firstPause
    this.#schedule(0)
  }

  /** Nobody is told any more. */
  stop(): void {
    this.away()
    this.#owed.clear()
  }

  #schedule(wait: number): void {
    if (this.#away || this.#timer || this.#owed.size === 0) return
    this.#timer = setTimeout(() => void this.#sayAll(), wait)
    this.#timer.unref()
  }

  async #sayAll(): Promise<void> {
    try {
      for (const [key, removal] of this.#owed) {
        const hasEnded = removal.type === 'revoke' && removal.until !== undefined && removal.until <= Date.now()
        if (!hasEnded) await this.#say(removal)
        if (this.#owed.get(key) === removal) this.#owed.delete(key)
      }
      this.#pause = firstPause
    } catch {
      this.#pause = Math.min(longestPause, this.#pause * 2)
    }
    this.#timer = undefined
    this.#schedule(this.#pause)
  }
}

function nameOf(removal: Removal): string {
  return removal.type === 'disconnect' ? removal.subject : keyOf(removal)
}
