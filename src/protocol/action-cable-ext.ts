// AnyCable's extension of Action Cable's wire, `actioncable-v1-ext-json`, as @anycable/core speaks it: each message carries its
// position (`stream_id`, `epoch`, `offset`), and a client that comes back asks for what it missed.

import { formatCursor, keptCursor } from '../engine/cursor'
import type { Positioned } from '../engine/engine'
import { asObject, decodeCommand, envelope, fields } from './action-cable'
import type { Command, Cursors, Destination, Protocol, Word } from './protocol'

/** Of how many streams one history may tell: each costs more as it is kept than as it was written. */
const mostStreams = 256

/** The protocol of AnyCable's client. */
export const actionCableExtProtocol: Protocol = {
  name: 'actioncable-v1-ext-json',
  pingEvery: 3_000,
  givesId: true,
  joins: true,

  decode(text: string): Command | undefined {
    const said = asObject(text)
    if (!said) return undefined
    const { command, identifier, history, presence } = said
    if (command === 'pong' || command === 'ping') return { type: command }
    if (typeof identifier !== 'string') return undefined
    if (command === 'history') return { type: command, address: identifier, cursor: cursorsOf(history) }
    // Who a client is, and what others see of it, it does not say itself: the `id` and the `info` of a join are not looked at.
    if (command === 'presence' || command === 'join' || command === 'leave')
      return { type: command, address: identifier }
    const known = decodeCommand(said)
    if (known?.type !== 'subscribe') return known
    const asks = { ...known, cursor: history === undefined ? null : cursorsOf(history) }
    return presence ? { ...asks, joins: true } : asks
  },

  encode(word: Word): readonly string[] {
    const said = extraFields(word) ?? fields(word)
    return said ? [JSON.stringify(said)] : []
  },

  message(to: Destination, { stream, position, cursor }: Positioned) {
    // A cursor is `epoch:position`.
    const epoch = cursor.slice(0, cursor.lastIndexOf(':'))
    const at = `,"stream_id":${JSON.stringify(stream)},"epoch":${JSON.stringify(epoch)},"offset":${position}}`
    return { head: envelope(to).head, tail: at }
  },

  // Without a position: it is kept nowhere.
  whisper: (to: Destination) => envelope(to),
  audience: ({ address }: Destination) => address,
}

function extraFields(word: Word): object | undefined {
  if (word.type === 'pong') return { type: word.type }
  if (word.type === 'replayed')
    return { type: word.recovered ? 'confirm_history' : 'reject_history', identifier: word.address }
  if (word.type === 'joined' || word.type === 'left')
    return presence(word, { type: word.type === 'joined' ? 'join' : 'leave', ...word.who })
  if (word.type !== 'present') return undefined
  const { present: records } = word
  return presence(word, records ? { type: 'info', total: records.length, records } : { type: 'error', total: 0 })
}

function presence({ address }: { readonly address: string }, message: object): object {
  return { type: 'presence', identifier: address, message }
}

// `{ since, streams: { name: { offset, epoch } } }`, where `since` is in seconds. What cannot be read of a stream's position is a
// cursor that no engine knows, and so a gap.
function cursorsOf(history: unknown): Cursors {
  const { since, streams } = objectOr(history)
  const byStream = new Map<string, string>()
  const entries = Object.entries(objectOr(streams))
  // Since ever, which nobody can tell of any of them.
  if (entries.length > mostStreams) return { byStream, since: Number.NEGATIVE_INFINITY }
  for (const [stream, at] of entries) {
    const { offset, epoch } = objectOr(at)
    byStream.set(stream, typeof offset === 'number' ? keptCursor(formatCursor(String(epoch), offset)) : '')
  }
  return typeof since === 'number' && Number.isFinite(since) ? { byStream, since: since * 1_000 } : { byStream }
}

function objectOr(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
