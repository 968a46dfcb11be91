// How long to wait before trying a lost socket again. Pure.

const LEAST = 250
const FIRST = 1_000
const MOST = 30_000

/**
 * Milliseconds before retry number `attempt` (0 is the first): anywhere from 250 up to a ceiling that starts at 1,000 and
 * doubles to 30,000. Full jitter, so that the pages a deploy cut off do not all come back in the same second.
 *
 *     backoff(0, () => 0.5) // → 625
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return LEAST + random() * (Math.min(MOST, FIRST * 2 ** attempt) - LEAST)
}
