// A stream with subscribers. Membership changes here and nowhere else, and before each change what was gathered is sent to
// those who were there: a newcomer gets nothing twice, who moves loses nothing.

import type { Positioned } from '../engine/engine'
import type { Destination } from '../protocol/protocol'
import { Audience, type Joining } from './audience'
import type { Connection } from './connection'

export class Topic {
  readonly name: string
  /** What this turn of the event loop has gathered for the members. */
  pending: Positioned[] = []
  readonly #audiences = new Map<string, Audience>()
  readonly #flush: () => void

  /** `flush` sends what the topics have gathered. */
  constructor(name: string, flush: () => void) {
    this.name = name
    this.#flush = flush
  }

  get empty(): boolean {
    return this.#audiences.size === 0
  }

  get audiences(): Iterable<Audience> {
    return this.#audiences.values()
  }

  *connections(): Iterable<Connection> {
    for (const audience of this.audiences) yield* audience.connections()
  }

  /** Holds a message back for those who are joining; true when there are members to send it to. */
  take(message: Positioned): boolean {
    let served = false
    for (const { members, joining } of this.audiences) {
      if (members.size > 0) served = true
      for (const each of joining?.values() ?? []) each.hold(message)
    }
    return served
  }

  /** The audience of a destination, made where there is none. */
  audience({ protocol, transport: { framing } }: Connection, to: Destination): Audience {
    const key = `${protocol.name} ${framing.name} ${protocol.audience(to)}`
    const audience = this.#audiences.get(key) ?? new Audience(key, protocol, framing, to)
    this.#audiences.set(key, audience)
    return audience
  }

  /** Makes a connection a member. */
  serve(audience: Audience, connection: Connection): void {
    this.#settle()
    // That may have been too much for the connection. It has left everything then, and must not come in again.
    if (connection.finished) return
    audience.joining?.delete(connection)
    audience.members.add(connection)
  }

  /** From now on messages are held back for the connection. Returns whether it was a member. */
  join(audience: Audience, connection: Connection, joining: Joining): boolean {
    this.#settle()
    if (connection.finished) {
      joining.abandon()
      return false
    }
    audience.joining ??= new Map()
    audience.joining.set(connection, joining)
    return audience.members.delete(connection)
  }

  /** Returns whether the connection was a member or about to be one. */
  leave(audience: Audience, connection: Connection): boolean {
    this.#settle()
    const joining = audience.joining?.get(connection)
    joining?.abandon()
    audience.joining?.delete(connection)
    audience.ahead?.delete(connection)
    const left = audience.members.delete(connection) || joining !== undefined
    if (audience.empty) this.#audiences.delete(audience.key)
    return left
  }

  #settle(): void {
    if (this.pending.length > 0) this.#flush()
  }
}
