// Does something for as long as it is wanted: what ends is begun again, after a pause that grows while it fails.

import { setTimeout as wait } from 'node:timers/promises'

const firstPause = 50
const longestPause = 2_000

/**
 * Runs `once` again and again, until the returned function is called. It calls `up` as soon as it works, and rejects when it ends.
 * `failed` is told why.
 */
export function again(
  once: (signal: AbortSignal, up: () => void) => Promise<never>,
  failed: (error: Error) => void,
): () => Promise<void> {
  const over = new AbortController()
  const { signal } = over
  const run = async () => {
    for (let pause = firstPause; !signal.aborted; pause = Math.min(longestPause, pause * 2)) {
      try {
        await once(signal, () => {
          pause = firstPause
        })
      } catch (error) {
        if (!signal.aborted) failed(error as Error)
      }
      await wait(pause * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {})
    }
  }
  const ended = run()
  return () => {
    over.abort(new Error('it was stopped'))
    return ended
  }
}

/** Rejects when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
