// Data for `broadcastJson`: checked, and copied at the call, so that later changes to it do not travel.

import { failure } from '../errors'
import type { Json } from '../publisher/publisher'

/** The data as JSON holds it. Throws `TURBO_CABLE_BAD_DATA` for a string, undefined, functions, BigInt and cycles. */
export function jsonData(data: unknown): Json {
  const copy: Json = JSON.parse(jsonText(data))
  if (typeof copy === 'string') {
    throw failure('TURBO_CABLE_BAD_DATA', [data, 'a page takes a string for Turbo Stream HTML; wrap it: { text: … }'])
  }
  return copy
}

function jsonText(data: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(data, refuseFunctions)
  } catch (cause) {
    throw failure('TURBO_CABLE_BAD_DATA', [data, reason(cause)], cause)
  }
  if (text === undefined) throw failure('TURBO_CABLE_BAD_DATA', [data, 'JSON has no word for it'])
  return text
}

// JSON drops a function without a word, and the page waits for a field that never comes.
function refuseFunctions(key: string, value: unknown): unknown {
  if (typeof value !== 'function' && typeof value !== 'symbol') return value
  throw new TypeError(`a ${typeof value}${key && ` at "${key}"`} has no place in JSON`)
}

function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return message.split('\n', 1)[0] ?? message
}
