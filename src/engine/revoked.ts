// The revocations that have an end, for an engine whose history is in this process: a cable that starts later is told of them, and
// a file carries them over a restart.

import type { Revocation, Signal } from './engine'

/** The name of a revocation: of two about the same, it is the same: `["room:7","42"]`. */
export function keyOf({ stream, subject }: { readonly stream: string; readonly subject: string }): string {
  return JSON.stringify([stream, subject])
}

interface Held {
  readonly revocation: Revocation
  readonly until: number
  /** When it was said, by `performance.now()`; long ago where nobody knows. */
  readonly at: number
}

/** How long ago one was said of which nobody knows when, ms: so long that whatever is known of the same came later. */
const longAgo = 365 * 86_400_000

/** Remembers them until they end, or are undone. */
export class Revoked {
  readonly #held = new Map<string, Held>()

  /** Notes what a signal says that the engine has had for `age` ms. Of two, the one that ends later holds. */
  note(signal: Signal, age = 0): void {
    if (signal.type !== 'revoke' && signal.type !== 'restore') return
    const key = keyOf(signal)
    if (signal.type === 'restore') this.#held.delete(key)
    else if (signal.until !== undefined && signal.until > (this.#held.get(key)?.until ?? 0)) {
      const { ago = 0, ...revocation } = signal
      const at = performance.now() - ago - (Number.isFinite(age) ? age : longAgo)
      this.#held.set(key, { revocation, until: signal.until, at })
    }
    // Each new one pays for those that have ended.
    for (const [ended, { until }] of this.#held) if (until <= Date.now()) this.#held.delete(ended)
  }

  /** Those that hold now. */
  now(): Revocation[] {
    return this.#holding().map(({ revocation }) => revocation)
  }

  /** The same, as they are said again: with how long ago each was said. */
  again(): Revocation[] {
    return this.#holding().map(({ revocation, at }) => ({ ...revocation, ago: Math.round(performance.now() - at) }))
  }

  #holding(): Held[] {
    return [...this.#held.values()].filter(({ until }) => until > Date.now())
  }
}
