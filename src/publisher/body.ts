// The JSON of a `POST /_broadcast`, both ways: one broadcast is an object, several are an array of these. As in the gem.

import { isStreamName } from '../stream/name'
import type { Broadcast, Json } from './publisher'

/** What is wrong with a body, in the words of the gem and of Navigator. */
export type BodyFault = 'Stream required' | 'Data required'

/** `bodyOf([{ stream: 's', data: 1 }])` → `{"stream":"s","data":1}` */
export function bodyOf(broadcasts: readonly Broadcast[]): string {
  return JSON.stringify(broadcasts.length === 1 ? broadcasts[0] : broadcasts)
}

/** The body that makes every page refresh itself. A hub that does not know it finds no stream in it, and refuses it. */
export const refreshAllBody = '{"refresh":"all"}'

/** Whether a parsed body is that one. */
export function isRefreshAll(value: unknown): boolean {
  return field(value, 'refresh') === 'all' && field(value, 'stream') === undefined
}

/** The broadcasts that a parsed body holds: all of them, or what is wrong with the first bad one. */
export function broadcastsIn(value: unknown): readonly Broadcast[] | BodyFault {
  const batch: unknown[] = Array.isArray(value) ? value : [value]
  if (batch.length === 0) return 'Stream required'
  const broadcasts: Broadcast[] = []
  for (const item of batch) {
    const stream = named(field(item, 'stream'))
    const data = field(item, 'data')
    const exclude = field(item, 'exclude')
    if (!isStreamName(stream)) return 'Stream required'
    if (data === undefined) return 'Data required'
    // It came out of JSON, so JSON can hold it.
    broadcasts.push({ stream, data: data as Json, ...(typeof exclude === 'string' && { exclude }) })
  }
  return broadcasts
}

// A number names a stream here as it does for `streamName()`.
function named(stream: unknown): unknown {
  return Number.isFinite(stream) ? String(stream) : stream
}

// JSON.parse gave the value, so it is any of JSON's types; only objects have fields.
function field(item: unknown, name: string): unknown {
  return item !== null && typeof item === 'object' && Object.hasOwn(item, name)
    ? (item as Record<string, unknown>)[name]
    : undefined
}
