// AnyCable's extension of Action Cable's wire, `actioncable-v1-ext-json`, as @anycable/core speaks it: each message carries its
// position (`stream_id`, `epoch`, `offset`), and a client that comes back asks for what it missed.

import { formatCursor } from '../engine/cursor'
import type { Positioned } from '../engine/engine'
import { asObject, decodeCommand, envelope, fields } from './action-cable'
import type { Command, Cursors, Destination, Protocol, Word } from './protocol'

/** The protocol of AnyCable's client. */
export const actionCableExtProtocol: Protocol = {
  name: 'actioncable-v1-ext-json',
  pingEvery: 3_000,
  givesId: true,

  decode(text: string): Command | undefined {
    const said = asObject(text)
    if (!said) return undefined
    const { command, identifier, history } = said
    if (command === 'pong' || command === 'ping') return { type: command }
    if (typeof identifier !== 'string') return undefined
    if (command === 'history') return { type: command, address: identifier, cursor: cursorsOf(history) }
    if (command === 'presence' || command === 'join' || command === 'leave')
      return { type: 'unsupported', address: identifier, what: command }
    const known = decodeCommand(said)
    if (known?.type !== 'subscribe') return known
    return { ...known, cursor: history === undefined ? null : cursorsOf(history) }
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
  // What AnyCable answers where it cannot tell who is there. It has no answer to the other two.
  if (word.type === 'unsupported' && word.what === 'presence')
    return { type: 'presence', identifier: word.address, message: { type: 'error', total: 0 } }
  return undefined
}

// `{ since, streams: { name: { offset, epoch } } }`, where `since` is in seconds. What cannot be read of a stream's position is a
// cursor that no engine knows, and so a gap.
function cursorsOf(history: unknown): Cursors {
  const { since, streams } = objectOr(history)
  const byStream = new Map<string, string>()
  for (const [stream, at] of Object.entries(objectOr(streams))) {
    const { offset, epoch } = objectOr(at)
    byStream.set(stream, typeof offset === 'number' ? formatCursor(String(epoch), offset) : '')
  }
  return typeof since === 'number' && Number.isFinite(since) ? { byStream, since: since * 1_000 } : { byStream }
}

function objectOr(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
