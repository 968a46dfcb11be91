// The subscribers of a stream whose messages are the same bytes: same protocol, same framing, and addresses that the protocol
// writes alike. Each message is encoded once for all of them.

import type { Positioned } from '../engine/engine'
import type { Destination, Protocol } from '../protocol/protocol'
import type { Framing } from '../transport/transport'
import type { Connection } from './connection'

/** A connection that waits for its replay. Until then its live messages are held back. */
export interface Joining {
  /** Holds a live message back. */
  hold(message: Positioned): void
  /** The client no longer wants an answer to what it asked for at this address. */
  forget(address: string): void
  /** The connection has left the audience and gets no answer at all. */
  abandon(): void
}

/** Subscribers of one stream who get the same bytes. */
export class Audience {
  /** Unique among the audiences of a topic. */
  readonly key: string
  readonly protocol: Protocol
  readonly framing: Framing
  /** The destination of one subscriber. The protocol writes the same text for each of the others. */
  readonly to: Destination
  /** Connections that get each message as it comes. */
  readonly members = new Set<Connection>()
  /** Connections that wait for their replay. */
  joining: Map<Connection, Joining> | undefined
  /** The position up to which a replay went, where the engine has yet to deliver some of it here: that is not sent again. */
  ahead: Map<Connection, number> | undefined

  constructor(key: string, protocol: Protocol, framing: Framing, to: Destination) {
    this.key = key
    this.protocol = protocol
    this.framing = framing
    this.to = to
  }

  /** True if nobody is served and nobody waits. */
  get empty(): boolean {
    return this.members.size === 0 && !this.joining?.size
  }

  /** A message as this audience is sent it. `payload` is its JSON in bytes, where several audiences share them. */
  frame(message: Positioned, payload?: Buffer): Buffer {
    const { head, tail, body } = this.protocol.message(this.to, message)
    if (payload && body === undefined) return this.framing.around(head, payload, tail)
    return this.framing.frame(head + (body ?? message.json) + tail)
  }

  /** A connection waits no more. An empty Map is not kept: most streams would have one. */
  arrived(connection: Connection): void {
    if (this.joining?.delete(connection) && this.joining.size === 0) this.joining = undefined
  }

  /** All connections, also those that wait. */
  *connections(): Iterable<Connection> {
    yield* this.members
    yield* this.joining?.keys() ?? []
  }
}
