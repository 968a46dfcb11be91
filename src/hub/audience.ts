// The subscribers of a stream whose messages are the same bytes: same protocol, same framing, and addresses that the protocol
// writes alike. Each message is encoded once for all of them.

import type { Positioned } from '../engine/engine'
import type { Destination, Protocol } from '../protocol/protocol'
import type { Framing } from '../transport/transport'
import type { Connection } from './connection'

/** A member that is being replayed to: live messages are held back for it meanwhile. */
export interface Joining {
  hold(message: Positioned): void
  /** What was asked for at this address needs no answer any more. */
  forget(address: string): void
  /** The member has left: nobody waits for the replay any more. */
  abandon(): void
}

export class Audience {
  /** Among the audiences of its topic. */
  readonly key: string
  readonly protocol: Protocol
  readonly framing: Framing
  /** Of one of them, and as good for all the others. */
  readonly to: Destination
  /** Those who are sent each message as it comes. */
  readonly members = new Set<Connection>()
  joining: Map<Connection, Joining> | undefined
  /** Up to where a replay has run ahead of what this process was handed: that much is not sent again. */
  ahead: Map<Connection, number> | undefined

  constructor(key: string, protocol: Protocol, framing: Framing, to: Destination) {
    this.key = key
    this.protocol = protocol
    this.framing = framing
    this.to = to
  }

  get empty(): boolean {
    return this.members.size === 0 && !this.joining?.size
  }

  /** A message as this audience is sent it. */
  frame(message: Positioned): Buffer {
    const { head, tail } = this.protocol.message(this.to, message)
    return this.framing.frame(head + message.json + tail)
  }

  *connections(): Iterable<Connection> {
    yield* this.members
    yield* this.joining?.keys() ?? []
  }
}
