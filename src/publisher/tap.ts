// What a test sees of the broadcasts of its process: `turbo-cable/testing` sets it. Outside tests it is undefined, and costs a
// comparison with that.

import type { Broadcast } from './publisher'

/** Is told of everything that the app sends. */
export interface Tap {
  /** While true, no broadcast leaves the process by HTTP; it counts as taken. */
  readonly offline: boolean
  /** Broadcasts are handed over. The returned function is called if they were not taken. */
  handed(broadcasts: readonly Broadcast[]): () => void
  /** Work that leads to a broadcast has begun: it renders, or waits for its turn. Its rejection is not the tap's to report. */
  working(work: Promise<unknown>): void
  /** A broadcast waits for others to join it. `flush` sends it now. */
  waiting(flush: () => unknown): void
}

/** The tap, if there is one. */
export let tap: Tap | undefined

/** Puts a tap on the broadcasts of this process. */
export function setTap(next: Tap): void {
  tap = next
}
