// One process that serves: from its start to its end by a signal.

import { tell } from '../log'
import type { Values } from './cable-options'
import { startServer } from './start'

/** Resolves when the process is told to end. The same signal once more ends it at once: by then nobody listens to it any more. */
export function endSignal(process: NodeJS.Process = globalThis.process): Promise<string> {
  return new Promise((resolve) => {
    const ended = (signal: string) => {
      process.off('SIGTERM', ended).off('SIGINT', ended)
      resolve(signal)
    }
    process.on('SIGTERM', ended).on('SIGINT', ended)
  })
}

/** Serves until `end` resolves; then takes nobody new, tells every client to come back, each at its own time, and ends. */
export async function runServer(values: Values, end: Promise<string> = endSignal()): Promise<number> {
  const { url, metricsUrl, stop } = await startServer(values)
  if (metricsUrl) tell(`watched on ${metricsUrl}`)
  tell(`listening on ${url}`)
  const why = await end
  tell(`${why}: closing`)
  await stop()
  tell('closed')
  return 0
}
