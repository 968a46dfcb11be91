// What clients say, and who does it.

import type { Command } from '../protocol/protocol'
import type { Channels } from './channels'
import type { Connection } from './connection'
import type { Presence } from './presence'
import type { Subscribing } from './subscribing'
import type { Subscriptions } from './subscriptions'
import type { Whispers } from './whispers'

/** Who does what clients say. */
export interface CommandParts {
  readonly subscribing: Subscribing
  readonly subscriptions: Subscriptions
  readonly whispers: Whispers
  readonly channels: Channels
  readonly presence: Presence
}

/** Hands a command to whom it is for. */
export function obey(connection: Connection, command: Command, parts: CommandParts): void {
  const { subscribing, subscriptions, whispers, channels, presence } = parts
  if (command.type === 'subscribe') subscribing.subscribe(connection, command)
  else if (command.type === 'unsubscribe') subscribing.unsubscribe(connection, command.address)
  else if (command.type === 'history') subscribing.replay(connection, command.address, command.cursor)
  else if (command.type === 'whisper') whispers.whisper(connection, command.address, command.json)
  else if (command.type === 'join') presence.join(connection, command.address)
  else if (command.type === 'leave') presence.leave(connection, command.address)
  else if (command.type === 'presence') presence.answer(connection, command.address)
  else if (command.type === 'ping') connection.say({ type: 'pong' })
  else if (command.type === 'perform') {
    const streams = subscriptions.streamsAt(connection, command.address)
    if (streams.length > 0) channels.perform({ ...command, streams }, connection)
  }
}
