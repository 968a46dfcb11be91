// The plain turbo_cable wire with its cursor extension: pure text ⇄ value. No socket, no timer, no logger.
// Compatible, byte for byte, with the turbo_cable gem 1.0 and Navigator; fields for cursors appear only when asked for.

import { maxIdLength } from '../options/limits'

/** What a client can say. `cursor` is absent for a plain subscription, `null` for "from now on". */
export type Command =
  | {
      readonly type: 'subscribe'
      readonly stream: string
      readonly cursor?: string | null
      readonly connection?: string
    }
  | { readonly type: 'unsubscribe'; readonly stream: string }
  | { readonly type: 'pong' }

export type RejectReason = 'unauthorized' | 'expired' | 'limit' | 'invalid'
export type DisconnectReason = 'server_restart' | 'slow_consumer' | 'unauthorized' | 'limit'

/** Reads one text message; undefined for anything that is not a command, which a server ignores. */
export function decode(text: string): Command | undefined {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { type, stream, cursor, connection } = value as Record<string, unknown>
  if (type === 'pong') return { type }
  if (typeof stream !== 'string' || stream === '') return undefined
  if (type === 'unsubscribe') return { type, stream }
  if (type !== 'subscribe') return undefined
  if (typeof cursor !== 'string' && cursor !== null) return { type, stream }
  return isConnectionId(connection) ? { type, stream, cursor, connection } : { type, stream, cursor }
}

// It is kept for as long as the connection.
function isConnectionId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxIdLength
}

/** `{"type":"subscribed","stream":"s"}` */
export function subscribed(stream: string): string {
  return `{"type":"subscribed","stream":${JSON.stringify(stream)}}`
}

/**
 * `{"type":"subscribed","stream":"s","cursor":"e:44","recovered":true}`: with `"name"` when the stream was asked for by a
 * signed name, and with `"refresh"`, the window in ms over which pages with a gap refresh themselves.
 */
export function resumed(
  stream: string,
  cursor: string,
  recovered: boolean,
  more: { name?: string; refresh?: number } = {},
): string {
  return JSON.stringify({ type: 'subscribed', stream, cursor, recovered, ...more })
}

/** `{"type":"message","stream":"s","data":…}`; `json` is the data as JSON text, encoded once for everybody. */
export function message(stream: string, json: string, cursor?: string): string {
  const tail = cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`
  return `{"type":"message","stream":${JSON.stringify(stream)},"data":${json}${tail}}`
}

/** `{"type":"ping"}`, or `{"type":"ping","cursor":"e:60"}` for a connection that resumes by cursor. */
export function ping(cursor?: string): string {
  return cursor === undefined ? '{"type":"ping"}' : `{"type":"ping","cursor":${JSON.stringify(cursor)}}`
}

/** `{"type":"rejected","stream":"s","reason":"unauthorized"}` */
export function rejected(stream: string, reason: RejectReason): string {
  return `{"type":"rejected","stream":${JSON.stringify(stream)},"reason":"${reason}"}`
}

/** `{"type":"disconnect","reason":"server_restart","reconnect":true,"after":850}`; `after` in ms. */
export function disconnect(reason: DisconnectReason, reconnect: boolean, after?: number): string {
  const delay = after === undefined ? '' : `,"after":${after}`
  return `{"type":"disconnect","reason":"${reason}","reconnect":${reconnect}${delay}}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
