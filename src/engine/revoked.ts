// The revocations that have an end, for an engine whose history is in this process: a cable that starts later is told of them, and
// a file carries them over a restart.

import type { Revocation, Signal } from './engine'

/** The name of a revocation: of two about the same, it is the same: `["room:7","42"]`. */
export function keyOf({ stream, subject }: { readonly stream: string; readonly subject: string }): string {
  return JSON.stringify([stream, subject])
}

/** Remembers them until they end, or are undone. */
export class Revoked {
  readonly #held = new Map<string, Revocation>()

  /** Notes what a signal says. Of two, the one that ends later holds. */
  note(signal: Signal): void {
    if (signal.type !== 'revoke' && signal.type !== 'restore') return
    const key = keyOf(signal)
    if (signal.type === 'restore') this.#held.delete(key)
    else if (signal.until !== undefined && signal.until > (this.#held.get(key)?.until ?? 0)) this.#held.set(key, signal)
    // Each new one pays for those that have ended.
    for (const [ended, { until }] of this.#held) if ((until as number) <= Date.now()) this.#held.delete(ended)
  }

  /** Those that hold now. */
  now(): Revocation[] {
    return [...this.#held.values()].filter(({ until }) => (until as number) > Date.now())
  }
}
