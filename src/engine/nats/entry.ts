// What one message of the log says, as text and back. A batch is one message, so that it is taken whole or not at all: a first
// line of JSON, and after it the data of each broadcast, whose lengths stand in that line.

import { randomBytes } from 'node:crypto'
import type { Outgoing, Revocation, Signal } from '../engine'

/** Broadcasts, in one step. */
export interface Batch {
  readonly broadcasts: readonly Outgoing[]
  /** What is taken once. */
  readonly id: string
  /** Whether its sender chose the id, and may send again. */
  readonly named: boolean
  /** Ids of what may still arrive and is not to be taken. */
  readonly givenUp: readonly string[]
  /** When it was sent, where the test holds the clock, ms. */
  readonly at?: number | undefined
}

/** Which history the log holds. */
export interface Mark {
  readonly epoch: string
  /** The server process that the history belongs to. */
  readonly server: string
  /** The sequence at which it began. 0 in the entry by which it begins. */
  readonly began: number
  /** The id of a refresh of all. */
  readonly id?: string | undefined
  /** The revocations with an end that hold, as far as its writer has read. */
  readonly revoked?: readonly Revocation[] | undefined
  /** The sequences at which these were said; 0 in a log before this one. */
  readonly at?: readonly number[] | undefined
  /** The sequence up to which its writer has read. */
  readonly read?: number | undefined
  /** Those that were undone before their end, and where. */
  readonly undone?: readonly (readonly [stream: string, subject: string, sequence: number, until: number])[] | undefined
}

/** What an entry says, without its tag. */
export type Said = (
  | { readonly batch: Batch }
  /** `id`: by which it may be given up. */
  | { readonly signal: Signal; readonly id?: string | undefined }
  | { readonly mark: Mark }
) & {
  /** From when on it is not to be taken any more, by the server's clock, ms. */
  readonly till?: number | undefined
}

/** One message of the log. `tag` is like no other's. */
export type Entry = Said & { readonly tag: string }

/** An entry that says nothing: by it a reader sees how far the log goes. */
export function nothing(): Said {
  return { batch: { broadcasts: [], id: '', named: false, givenUp: [] } }
}

/** The most broadcasts that one batch can hold. */
export const mostInBatch = 4_096

/** The position of a broadcast: where its message is in the log, and which one it is in that message. */
export function positionOf(sequence: number, index = 0): number {
  return sequence * mostInBatch + index
}

/** The message that a position is of. */
export function sequenceOf(position: number): number {
  return Math.floor(position / mostInBatch)
}

/** The last position that a message can give: who has it has all of the message. */
export function endOf(sequence: number): number {
  return positionOf(sequence, mostInBatch - 1)
}

interface Head {
  readonly t: string
  /** Stream, length of the data in UTF-16 units, and the page that is left out. */
  readonly b?: readonly (readonly [stream: string, length: number, exclude?: string])[]
  readonly i?: string | undefined
  readonly n?: 1
  readonly g?: readonly string[]
  readonly a?: number
  readonly s?: Signal
  readonly m?: Mark
  readonly d?: number | undefined
}

/** Entry → bytes. */
export function encodeEntry(said: Said): Buffer {
  const { till: d } = said
  const t = randomBytes(9).toString('base64url')
  if ('signal' in said) return Buffer.from(JSON.stringify({ t, s: said.signal, i: said.id, d } satisfies Head))
  if ('mark' in said) return Buffer.from(JSON.stringify({ t, m: said.mark, d } satisfies Head))
  const { broadcasts, id, named, givenUp, at } = said.batch
  const head: Head = {
    t,
    b: broadcasts.map(({ stream, json, exclude }) =>
      exclude === undefined ? [stream, json.length] : [stream, json.length, exclude],
    ),
    i: id,
    d,
    ...(named && { n: 1 }),
    ...(givenUp.length > 0 && { g: givenUp }),
    ...(at !== undefined && { a: at }),
  }
  return Buffer.from([JSON.stringify(head), '\n', ...broadcasts.map(({ json }) => json)].join(''))
}

/** Bytes → entry. Undefined for what is none of ours. */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  const end = text.indexOf('\n')
  let head: Head
  try {
    head = JSON.parse(end === -1 ? text : text.slice(0, end))
  } catch {
    return undefined
  }
  const { t: tag, b, i: id = '', n, g: givenUp = [], a: at, s: signal, m: mark, d: till } = Object(head) as Head
  if (typeof tag !== 'string') return undefined
  if (signal) return { tag, signal, id, till }
  if (mark) return { tag, mark, till }
  let from = end + 1
  const broadcasts = (b ?? []).map(([stream, length, exclude]) => {
    const json = text.slice(from, from + length)
    from += length
    return { stream, json, exclude }
  })
  return { tag, batch: { broadcasts, id, named: n === 1, givenUp, at }, till }
}
