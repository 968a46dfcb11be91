// What the package says aloud: debug namespaces for the curious (DEBUG=turbo-cable:*), one warning line for the operator.

import createDebug from 'debug'

/** Debug output of one room: `logger('hub')` prints under `DEBUG=turbo-cable:hub`. */
export function logger(room: string): createDebug.Debugger {
  return createDebug(`turbo-cable:${room}`)
}

/** One line on stderr that an operator should see even without DEBUG. */
export function warn(message: string): void {
  console.warn(`[turbo-cable] ${message}`)
}
