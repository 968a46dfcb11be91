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

/** Makes a `warn` that prints once a minute at most; what comes in between is for `debug`, and the next line counts it. */
export function warnSeldom(debug: (message: string) => void): typeof warn {
  let next = Number.NEGATIVE_INFINITY
  let kept = 0
  return (message) => {
    const now = performance.now()
    if (now < next) {
      kept++
      debug(message)
      return
    }
    warn(kept === 0 ? message : `${message} (and ${kept} more like it since the last such line)`)
    next = now + seldom
    kept = 0
  }
}

/**
 * The same for many places, so that none hides what another has to say. A place is something that lives as long as what may go wrong
 * there, such as a function of the app's, and what it is used for.
 */
export function warnSeldomOf(debug: (message: string) => void): (place: object, use: string, message: string) => void {
  const places = new WeakMap<object, Map<string, typeof warn>>()
  return (place, use, message) => {
    const uses = places.get(place) ?? new Map<string, typeof warn>()
    const say = uses.get(use) ?? warnSeldom(debug)
    places.set(place, uses.set(use, say))
    say(message)
  }
}

/** A text of a stranger's in a line: its beginning, if it is long. */
export function cutOff(text: string, most = 100): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

/** What an error says in a line. A stranger's text may stand in it, so it is cut off where no app's own message gets. */
export function reasonOf(error: unknown): string {
  return cutOff(error instanceof Error ? error.message : String(error), 1_000)
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
