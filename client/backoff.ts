// How long to wait: before trying a lost socket again, and when the server says how long. Pure.

const LEAST = 250
const FIRST = 1_000
const MOST = 30_000
const QUICK = 3
// No server may send a page away for longer, nor spread a refresh over more.
const LONGEST = 300_000

/**
 * Milliseconds before retry number `attempt` (0 is the first): anywhere from 250 up to a ceiling, which is 1,000 for the first
 * four and then doubles to 30,000. Full jitter, so that the pages a deploy cut off do not all come back in the same second;
 * doubling late, so that a network that was away for two seconds is not waited for any longer than that.
 *
 *     backoff(0, () => 0.5) // → 625
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return LEAST + random() * (Math.min(MOST, FIRST * 2 ** Math.max(0, attempt - QUICK)) - LEAST)
}

/** What a server asks for in milliseconds, within reason; undefined if it is no number. */
export function limit(milliseconds: unknown): number | undefined {
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds as number, 0), LONGEST) : undefined
}
