// A stream with subscribers. Membership changes only here. Before each change, the gathered messages are sent to those who are
// members until then: so a newcomer gets nothing twice, and a member that moves loses nothing.

import type { Positioned } from '../engine/engine'
import type { Destination } from '../protocol/protocol'
import { Audience, type Joining } from './audience'
import type { Connection } from './connection'

/** A stream with subscribers. */
export class Topic {
  /** The stream's name. */
  readonly name: string
  /** Messages for the members, gathered in this turn of the event loop. */
  pending: Positioned[] = []
  // Most streams have one audience. A Map for each of those would be a fifth of all that a stream costs.
  #audience: Audience | undefined
  /** All audiences, by key, from the second one on. */
  #audiences: Map<string, Audience> | undefined
  readonly #flush: () => void

  /** `flush` sends what the topics have gathered. */
  constructor(name: string, flush: () => void) {
    this.name = name
    this.#flush = flush
  }

  /** True if there is no subscriber. */
  get empty(): boolean {
    return this.#audience === undefined && this.#audiences === undefined
  }

  /** True if there may be more than one audience. */
  get mixed(): boolean {
    return this.#audiences !== undefined
  }

  /** How many connections are served. One that is in several audiences counts several times. */
  get size(): number {
    if (!this.#audiences) return this.#audience?.members.size ?? 0
    let size = 0
    for (const { members } of this.#audiences.values()) size += members.size
    return size
  }

  /** The audiences that have subscribers. */
  get audiences(): Iterable<Audience> {
    if (this.#audiences) return this.#audiences.values()
    return this.#audience ? [this.#audience] : []
  }

  /** All connections, also those that wait for their replay. One that is in several audiences comes several times. */
  *connections(): Iterable<Connection> {
    for (const audience of this.audiences) yield* audience.connections()
  }

  /** Holds a message back for the connections that wait for a replay. Returns true if there are members to send it to. */
  take(message: Positioned): boolean {
    let served = false
    for (const { members, joining } of this.audiences) {
      if (members.size > 0) served = true
      for (const each of joining?.values() ?? []) each.hold(message)
    }
    return served
  }

  /** The audience of a destination; a new one if there is none yet. */
  audience({ protocol, transport: { framing } }: Connection, to: Destination): Audience {
    const key = `${protocol.name} ${framing.name} ${protocol.audience(to)}`
    const known = this.#audiences ? this.#audiences.get(key) : this.#audience
    if (known?.key === key) return known
    const audience = new Audience(key, protocol, framing, to)
    this.#add(audience)
    return audience
  }

  /** Makes a connection a member, which gets each message as it comes. */
  serve(audience: Audience, connection: Connection): void {
    this.#settle()
    // That may have been too much for this connection. It has left all streams then, and nobody would remove it again.
    if (connection.finished) return
    audience.arrived(connection)
    audience.members.add(connection)
  }

  /** Holds messages back for a connection from now on. Returns whether it was a member. */
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

  /** Removes a connection. Returns whether it was a member or waited for a replay. */
  leave(audience: Audience, connection: Connection): boolean {
    this.#settle()
    const joining = audience.joining?.get(connection)
    joining?.abandon()
    audience.arrived(connection)
    audience.ahead?.delete(connection)
    const left = audience.members.delete(connection) || joining !== undefined
    if (audience.empty) this.#delete(audience)
    return left
  }

  #add(audience: Audience): void {
    if (this.empty) this.#audience = audience
    else {
      this.#audiences ??= new Map(this.#audience ? [[this.#audience.key, this.#audience]] : [])
      this.#audiences.set(audience.key, audience)
      this.#audience = undefined
    }
  }

  #delete(audience: Audience): void {
    if (this.#audience === audience) this.#audience = undefined
    if (this.#audiences?.delete(audience.key) && this.#audiences.size === 0) this.#audiences = undefined
  }

  #settle(): void {
    if (this.pending.length > 0) this.#flush()
  }
}
