// What a history keeps where no hub has said so: the defaults of the option `history`.

import { optionTable } from '../options/table'
import type { HistoryBounds } from './engine'

/** The bounds of a cable that is given none. */
export function defaultBounds(): HistoryBounds {
  const fallback = (name: string) => optionTable[`history.${name}`]?.default as number
  return {
    size: fallback('size'),
    ttl: fallback('ttl'),
    streamBytes: fallback('streamBytes'),
    totalBytes: fallback('totalBytes'),
  }
}
