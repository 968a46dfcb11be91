// The removals that this hub has said. Who was to be out must not stay in elsewhere because the engine was away at that moment, or
// because another history began before every process had heard of it: then they are said again.

import type { PresenceSignal, Signal, Whisper } from '../engine/engine'
import { keyOf } from '../engine/revoked'

/** A signal that takes something back, or gives it again. */
export type Removal = Exclude<Signal, Whisper | PresenceSignal>

interface Said {
  readonly removal: Removal
  /** When it was said first, ms since 1970. */
  readonly at: number
  state: 'under way' | 'taken' | 'owed'
  /** A history was lost while it was under way: it may have been in that one. */
  mayBeLost?: boolean
}

/** How long one that was taken is remembered, ms: others may be about to come over to another history. */
const kept = 60_000

/** How many are remembered. */
const most = 10_000

/** Until the next attempt where the engine can be reached and did not take one, ms; it doubles. */
const firstPause = 1_000
const longestPause = 30_000

/** What one hub has told the others. */
export class SaidRemovals {
  readonly #send: (removal: Removal) => Promise<void>
  readonly #failed: (removal: Removal, error: unknown) => void
  /** By what they are about, oldest first: of two about the same only the later one counts. */
  readonly #said = new Map<string, Said>()
  #away = false
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause

  /** `send` rejects where the engine does not take one; `failed` is called once for each of which that is so at first. */
  constructor(send: (removal: Removal) => Promise<void>, failed: (removal: Removal, error: unknown) => void) {
    this.#send = send
    this.#failed = failed
  }

  /** Says one to every process. */
  say(removal: Removal): void {
    const said: Said = { removal, at: Date.now(), state: 'under way' }
    const key = nameOf(removal)
    this.#said.delete(key)
    this.#said.set(key, said)
    this.#forget()
    this.#send(removal).then(
      () => {
        said.state = said.mayBeLost ? 'owed' : 'taken'
        if (said.mayBeLost) this.#schedule(0)
      },
      (error: unknown) => {
        this.#failed(removal, error)
        said.state = 'owed'
        this.#schedule(this.#pause)
      },
    )
  }

  /** One was heard, of this hub or another: what it takes the place of is not said again. */
  heard(removal: Removal): void {
    const key = nameOf(removal)
    const said = this.#said.get(key)
    if (said?.state === 'taken' && said.removal.type !== removal.type) this.#said.delete(key)
  }

  /** Another history has begun, and who comes over to it later may have heard of none. */
  lost(): void {
    this.#forget()
    for (const said of this.#said.values()) {
      if (said.state === 'taken') said.state = 'owed'
      said.mayBeLost = said.state === 'under way'
    }
    this.#schedule(0)
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
    this.#said.clear()
  }

  #forget(): void {
    const from = Date.now() - kept
    for (const [key, { at, state }] of this.#said) {
      if (this.#said.size > most || (state === 'taken' && at < from)) this.#said.delete(key)
    }
  }

  #schedule(wait: number): void {
    const owes = [...this.#said.values()].some(({ state }) => state === 'owed')
    if (this.#away || this.#timer || !owes) return
    this.#timer = setTimeout(() => void this.#sayAgain(), wait)
    this.#timer.unref()
  }

  async #sayAgain(): Promise<void> {
    try {
      for (const [key, said] of this.#said) {
        if (said.state !== 'owed') continue
        const { removal, at } = said
        if (hasEnded(removal)) this.#said.delete(key)
        // Who has come back since is not meant.
        else await this.#send(removal.type === 'disconnect' ? { ...removal, ago: Date.now() - at } : removal)
        said.state = 'taken'
      }
      this.#pause = firstPause
    } catch {
      this.#pause = Math.min(longestPause, this.#pause * 2)
    }
    this.#timer = undefined
    this.#schedule(this.#pause)
  }
}

function hasEnded(removal: Removal): boolean {
  return removal.type === 'revoke' && removal.until !== undefined && removal.until <= Date.now()
}

function nameOf(removal: Removal): string {
  return removal.type === 'disconnect' ? removal.subject : keyOf(removal)
}
