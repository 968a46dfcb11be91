// The wire of turbo_cable, text ⇄ value, and how two cursors compare. Pure: no socket, no timer, no DOM.

/** One broadcast as it arrives. `cursor` is there only if the server keeps positions. */
export interface Message {
  stream: string
  data: unknown
  cursor?: string
  /** It makes many pages refresh: the window in milliseconds over which they spread. */
  refresh?: number
  /** It was sent before this page asked for it: to catch up, not as news. */
  replayed?: boolean
}

/** The server's answer to a subscribe. A server without cursors sends `stream` alone. */
export interface Subscribed {
  stream: string
  /** The plain name, where a signed one was asked for; messages then carry this one. */
  name?: string
  /** The server's position when it answered. */
  cursor?: string
  /** `false`: the history no longer reaches back to the cursor asked for. */
  recovered?: boolean
  /** The window in milliseconds over which the pages with a gap spread their refresh. */
  refresh?: number
}

export type Inbound =
  | ({ type: 'message' } & Message)
  | ({ type: 'subscribed' } & Subscribed)
  | { type: 'ping'; cursor?: string }
  | { type: 'whisper'; stream: string; data: unknown }
  | { type: 'rejected'; stream: string; reason?: string }
  | { type: 'disconnect'; reason?: string; reconnect?: boolean; after?: number }

/** What a client says. `cursor: null` asks for "from now on"; a server that knows no cursors ignores it and the `connection`. */
export type Outbound =
  | { type: 'subscribe'; stream: string; cursor: string | null; connection: string | undefined }
  | { type: 'unsubscribe'; stream: string }
  | { type: 'whisper'; stream: string; data: unknown }
  | { type: 'pong' }

/** The text of what a client says. */
export function encode(words: Outbound): string {
  return JSON.stringify(words)
}

/**
 * What a frame says; `undefined` for anything that is not an object with a `type`. Unknown types pass and are ignored, and so
 * is a cursor that is no string.
 */
export function decode(frame: unknown): Inbound | undefined {
  try {
    const value = JSON.parse(frame as string)
    if (typeof value?.cursor !== 'string') delete value?.cursor
    if (value?.type) return value
  } catch {
    // No JSON.
  }
  return undefined
}

/**
 * The stream that a signed name is for, which stands in it for everybody to read. Of anything else, and of what another library
 * has signed, the name itself: then messages must say how they call it.
 *
 *     nameOf('ImNoYXQ6MjAyMSI=--f9ee45db…') // → 'chat:2021'
 */
export function nameOf(address: string): string {
  try {
    // Two dashes and 64 hex digits end it.
    const bytes = atob(address.slice(0, -66))
    const said = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))))
    const name = said.stream ?? said
    return typeof name === 'string' ? name : address
  } catch {
    return address
  }
}

/**
 * Is there anything between `seen` and `cursor`? Positions compare within an epoch; another epoch is another history, about
 * which `seen` says nothing.
 *
 *     behind('e:41', 'e:44') // → true
 *     behind('e:44', 'e:44') // → false
 *     behind('e:44', 'f:2')  // → true
 */
export function behind(seen: string, cursor: string): boolean {
  const [epoch, position] = parts(seen)
  const [otherEpoch, otherPosition] = parts(cursor)
  return epoch !== otherEpoch || position < otherPosition
}

/** Is `cursor` before `other` in the same epoch? Of two epochs neither is known to be older. */
export function older(cursor: string, other: string): boolean {
  return behind(cursor, other) && parts(cursor)[0] === parts(other)[0]
}

/** The oldest of some cursors; of those that do not compare the first. */
export function oldest(cursors: Iterable<string | null | undefined>): string | undefined {
  let least: string | undefined
  for (const cursor of cursors) if (cursor && (!least || older(cursor, least))) least = cursor
  return least
}

function parts(cursor: string): [epoch: string, position: number] {
  const colon = cursor.lastIndexOf(':')
  return [cursor.slice(0, colon), +cursor.slice(colon + 1)]
}
