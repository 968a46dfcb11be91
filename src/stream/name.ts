// From streamables to the name of a stream: the one rule that pages and broadcasts share, so that both mean the same stream.

import { failure } from '../errors'
import { type DomRecord, domId, isSaved } from './dom-id'

/** What names a stream: a string, a number, a saved record, or an array of these. */
export type Streamable = string | number | bigint | DomRecord | readonly Streamable[]

/**
 * The name of a stream: parts joined by `:`, a record by its dom id.
 *
 * ```ts
 * streamName('scores')            // → "scores"
 * streamName(['room', 7])         // → "room:7"
 * streamName([message, 'likes'])  // → "message_1:likes"
 * ```
 *
 * A part is not escaped, as in turbo-rails: `['a:b', 'c']` and `['a', 'b:c']` are the same stream. Do not let users choose
 * a part that stands before others.
 *
 * Throws `TURBO_CABLE_BAD_STREAM` for a blank part (null, undefined, '' or []), an unsaved record, a comma or a control
 * character, and for more than 512 bytes; `TURBO_CABLE_BAD_RECORD` for an object without a class.
 */
export function streamName(streamables: Streamable): string {
  const name = joined(streamables, streamables)
  const fault = streamNameFault(name)
  if (fault) throw failure('TURBO_CABLE_BAD_STREAM', [streamables, fault])
  return name
}

/** Whether a value from the wire is the name of a stream: a non-empty string without commas or control characters, ≤ 512 bytes. */
export function isStreamName(value: unknown): value is string {
  return typeof value === 'string' && streamNameFault(value) === undefined
}

/** The longest name, in bytes of UTF-8. */
export const maxNameBytes = 512

// Markers separate names by commas. Half a surrogate pair would reach the other side as another character than was signed.
const forbidden = /[\p{Cc}\p{Cs}]/u

function streamNameFault(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.includes(',')) return 'it has a comma'
  // The length first: it bounds the work on what a stranger sends.
  if (name.length > maxNameBytes || Buffer.byteLength(name) > maxNameBytes)
    return `it is longer than ${maxNameBytes} bytes`
  if (forbidden.test(name)) return 'it has a control character or half a surrogate pair'
  return undefined
}

function joined(part: unknown, whole: unknown): string {
  if (part === null || part === undefined || part === '') throw blank(part, whole)
  if (typeof part === 'string' || typeof part === 'bigint') return String(part)
  if (typeof part === 'number' && Number.isFinite(part)) return String(part)
  if (Array.isArray(part)) {
    if (part.length === 0) throw blank(part, whole)
    return part.map((inner: unknown) => joined(inner, whole)).join(':')
  }
  if (typeof part !== 'object') throw failure('TURBO_CABLE_BAD_STREAM', [whole, `a ${typeof part} names no stream`])

  const name = domId(part)
  if (!isSaved(part)) throw failure('TURBO_CABLE_BAD_STREAM', [whole, `it has an unsaved record (${name})`])
  return name
}

function blank(part: unknown, whole: unknown): Error {
  const shown = part === '' ? "''" : Array.isArray(part) ? '[]' : String(part)
  return failure('TURBO_CABLE_BAD_STREAM', [whole, part === whole ? 'it is blank' : `it has a blank part (${shown})`])
}
