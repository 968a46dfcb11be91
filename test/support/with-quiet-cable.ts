// A running app with a cable that pings nobody within a test's time: what a client reads next is then what the test caused.

import type { TurboCableOptions } from '../../src/index.ts'
import { type Context, type Start, withCable } from './with-cable.ts'

const hour = 3_600_000

/** As `withCable`, without pings. */
export function withQuietCable(
  options: TurboCableOptions,
  run: (context: Context) => Promise<void>,
  start?: Start,
): Promise<void> {
  return withCable({ heartbeat: { interval: hour, timeout: 2 * hour }, ...options }, run, start)
}
