// What the package prints: debug output if it is asked for (DEBUG=turbo-cable:*), and warnings for the operator.

import createDebug from 'debug'

/** Makes the debug output of one room: `logger('hub')` prints if `DEBUG=turbo-cable:hub`. */
export function logger(room: string): createDebug.Debugger {
  return createDebug(`turbo-cable:${room}`)
}

/** Prints one line on stderr, `[turbo-cable] …`, for the operator. */
export function warn(message: string): void {
  console.warn(`[turbo-cable] ${message}`)
}
