// What a process has cost so far.

import { setImmediate } from 'node:timers/promises'

/** CPU time in µs since the process started, and memory in bytes; after a thorough collection if `settled` (`--expose-gc`). */
export async function usage({ settled = false } = {}) {
  for (let round = 0; settled && round < 4; round++) {
    await setImmediate()
    globalThis.gc?.()
  }
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpu: user + system, rss, heap: heapUsed, external }
}
