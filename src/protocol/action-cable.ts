// The wire of Action Cable, `actioncable-v1-json`, as @rails/actioncable and turbo-rails speak it. The address of a subscription is
// its identifier, a JSON text that is echoed byte for byte, because clients compare it as text.

import type { Positioned } from '../engine/engine'
import type { ChannelAsk, Command, Destination, DisconnectReason, Protocol, SubscribeCommand, Word } from './protocol'

/** The protocol of Rails' own client. */
export const actionCableProtocol: Protocol = {
  name: 'actioncable-v1-json',
  // Rails' BEAT_INTERVAL. Its client takes a connection for dead after 6 s without a ping.
  pingEvery: 3_000,

  decode(text: string): Command | undefined {
    const said = asObject(text)
    return said && decodeCommand(said)
  },

  encode(word: Word): readonly string[] {
    const said = fields(word)
    return said ? [JSON.stringify(said)] : []
  },

  message: (to: Destination, _message: Positioned) => envelope(to),
  whisper: (to: Destination) => envelope(to),
  audience: ({ address }: Destination) => address,
}

/** A command that both wires of Action Cable have. */
export function decodeCommand({ command, identifier, data }: Record<string, unknown>): Command | undefined {
  if (typeof identifier !== 'string') return undefined
  if (command === 'unsubscribe') return { type: command, address: identifier }
  if (command === 'subscribe') return { type: command, address: identifier, ...askOf(identifier) }
  if (command === 'whisper' && data !== undefined)
    return { type: command, address: identifier, json: JSON.stringify(data) }
  if (command !== 'message' || typeof data !== 'string') return undefined
  const { asked } = askOf(identifier)
  const performed = asObject(data)
  if (typeof asked === 'string' || typeof performed?.action !== 'string') return undefined
  return { type: 'perform', address: identifier, asked, action: performed.action, data: performed }
}

/** The fields of a word that both wires have, in Rails' order; undefined for the others. */
export function fields(word: Word): object | undefined {
  switch (word.type) {
    case 'welcome':
      return { type: word.type, sid: word.id }
    case 'subscribed':
      return { identifier: word.address, type: 'confirm_subscription' }
    case 'rejected':
      return { identifier: word.address, type: 'reject_subscription' }
    case 'ping':
      return { type: word.type, message: Math.floor(word.at / 1_000) }
    case 'disconnect':
      // AnyCable's client gets itself another token only where it is told not to come back with this one.
      return { type: word.type, reason: reasonOf(word.reason), reconnect: word.reconnect && word.reason !== 'expired' }
    default:
      return undefined
  }
}

/** What stands around the data of a message: `{"identifier":"…","message":` and `}`. */
export function envelope({ address }: Destination): { readonly head: string; readonly tail: string } {
  return { head: `{"identifier":${JSON.stringify(address)},"message":`, tail: '}' }
}

/** The object that a text is in JSON; undefined for all else. */
export function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

// Turbo's channel takes tokens alone, as in Rails; `$pubsub` is AnyCable's name for streams without a channel. An identifier that
// names no channel asks for nothing, '', which is refused: its client waits for an answer.
function askOf(identifier: string): Pick<SubscribeCommand, 'signed'> & { asked: string | ChannelAsk } {
  const params = asObject(identifier) ?? {}
  const { channel, signed_stream_name: token, stream_name: name } = params
  if (typeof channel !== 'string') return { asked: '' }
  if (channel === 'Turbo::StreamsChannel') return { asked: textOr(token), signed: true }
  if (channel !== '$pubsub') return { asked: { channel, params } }
  return token === undefined ? { asked: textOr(name) } : { asked: textOr(token), signed: true }
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

// AnyCable's words for these. The others are the same everywhere.
function reasonOf(reason: DisconnectReason): string {
  return { slow_consumer: 'too_slow', expired: 'token_expired' }[reason as string] ?? reason
}
