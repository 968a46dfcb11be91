// What the package prints: debug output if it is asked for (DEBUG=turbo-cable:*), and lines for the operator, as text or as JSON.

import createDebug from 'debug'

/** How lines for the operator are written: `[turbo-cable] …`, or one JSON object each. */
export type LogFormat = 'text' | 'json'

// One for the process, as its two outputs are.
let format: LogFormat = 'text'

/** Makes the debug output of one room: `logger('hub')` prints if `DEBUG=turbo-cable:hub`. */
export function logger(room: string): createDebug.Debugger {
  return createDebug(`turbo-cable:${room}`)
}

/** Chooses how the lines of this process are written. */
export function logAs(wanted: LogFormat): void {
  format = wanted
}

/** Prints one line on stderr, `[turbo-cable] …`, for the operator. */
export function warn(message: string): void {
  console.warn(line('warn', message))
}

/** How often a warning may come that anybody can cause, ms. */
const seldom = 60_000

/** Makes a `warn` that prints once a minute at most; what comes in between is for `debug`. */
export function warnSeldom(debug: (message: string) => void): typeof warn {
  let next = Number.NEGATIVE_INFINITY
  return (message) => {
    const now = performance.now()
    const say = now < next ? debug : warn
    if (say === warn) next = now + seldom
    say(message)
  }
}

/** Prints one line on stdout that asks for nothing: `[turbo-cable] listening on …`. */
export function tell(message: string): void {
  console.log(line('info', message))
}

// {"time":"2026-11-28T22:15:00.000Z","level":"warn","pid":4711,"message":"…"}
function line(level: 'info' | 'warn', message: string): string {
  // A line that follows is indented, so that none within a message can be taken for a line of its own.
  if (format === 'text') return `[turbo-cable] ${harmless(message).replaceAll('\n', '\n  ')}`
  return harmless(JSON.stringify({ time: new Date().toISOString(), level, pid: process.pid, message }))
}

// Strangers' words stand in messages, and a terminal obeys control characters, those from U+0080 to U+009F too.
function harmless(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
