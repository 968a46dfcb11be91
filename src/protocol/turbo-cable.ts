// The turbo_cable wire with its cursor extension. Byte for byte the same as the turbo_cable gem 1.0 and Navigator; the fields of
// the extension appear only for clients that ask with a cursor.

import { maxIdLength } from '../options/limits'
import type { Command, Delivered, Destination, Protocol, Word } from './protocol'

/** The protocol of clients that offer no subprotocol. The address of a subscription is the name or token that was asked for. */
export const turboCableProtocol: Protocol = {
  name: '',

  decode(text: string): Command | undefined {
    const value = parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { type, stream, cursor, connection, data } = value as Record<string, unknown>
    if (type === 'pong') return { type }
    if (typeof stream !== 'string' || stream === '') return undefined
    if (type === 'unsubscribe') return { type, address: stream }
    if (type === 'whisper' && data !== undefined) return { type, address: stream, json: JSON.stringify(data) }
    if (type !== 'subscribe') return undefined
    if (typeof cursor !== 'string' && cursor !== null) return { type, address: stream, asked: stream }
    if (!isConnectionId(connection)) return { type, address: stream, asked: stream, cursor }
    return { type, address: stream, asked: stream, cursor, connection }
  },

  encode(word: Word): readonly string[] {
    const said = fields(word)
    return said ? [JSON.stringify(said)] : []
  },

  // The gem's client compares the name in a message with the string that it asked for, which may be a token.
  message({ address, stream, resumes }: Destination, { cursor, refresh }: Delivered) {
    const head = `{"type":"message","stream":${JSON.stringify(resumes ? stream : address)},"data":`
    const spread = refresh === undefined ? '' : `,"refresh":${refresh}`
    return { head, tail: resumes ? `,"cursor":${JSON.stringify(cursor)}${spread}}` : '}' }
  },

  // The plain wire stays as it is: whoever speaks it has never heard of whispers.
  whisper({ stream, resumes }: Destination) {
    return resumes ? { head: `{"type":"whisper","stream":${JSON.stringify(stream)},"data":`, tail: '}' } : undefined
  },

  audience: ({ address, resumes }) => (resumes ? 'resuming' : `plain ${address}`),
}

// The fields in the order of the wire. JSON.stringify leaves out those that are undefined.
function fields(word: Word): object | undefined {
  switch (word.type) {
    case 'welcome':
    case 'replayed':
    case 'position':
    case 'joined':
    case 'left':
    case 'present':
    case 'pong':
      return undefined
    case 'ping':
      return { type: word.type, cursor: word.cursor }
    case 'rejected':
      return { type: word.type, stream: word.address, reason: word.reason }
    case 'disconnect':
      return { type: word.type, reason: word.reason, reconnect: word.reconnect, after: word.after }
    case 'subscribed': {
      const { type, address, stream, replay } = word
      if (!replay) return { type, stream: address }
      const { cursor, recovered, refresh } = replay
      return { type, stream: address, cursor, recovered, name: stream === address ? undefined : stream, refresh }
    }
  }
}

function isConnectionId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxIdLength
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
