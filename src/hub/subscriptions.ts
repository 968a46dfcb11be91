// Who listens to what. Both directions are indexed, so that a broadcast costs its subscribers and a disconnect its streams.

import type { Positioned } from '../engine/engine'
import type { Connection } from './connection'
import { Expiry } from './expiry'

/** A connection that is being replayed to: what it asked for and is not answered yet, and what was broadcast meanwhile. */
export interface Joining {
  readonly asks: { readonly asked: string; readonly cursor: string | null }[]
  held: Positioned[]
}

/** A stream with subscribers. */
export class Topic {
  readonly name: string
  /** Connections that get the plain wire, and those that get cursors. */
  readonly plain = new Set<Connection>()
  readonly resumable = new Set<Connection>()
  joining: Map<Connection, Joining> | undefined
  /** Up to where a replay has run ahead of what this process was given: that much is not sent again. */
  ahead: Map<Connection, number> | undefined
  /** What this turn of the event loop has gathered for the subscribers. */
  pending: Positioned[] = []

  constructor(name: string) {
    this.name = name
  }

  get empty(): boolean {
    return this.plain.size === 0 && this.resumable.size === 0 && !this.joining?.size
  }

  *connections(): Iterable<Connection> {
    yield* this.plain
    yield* this.resumable
    yield* this.joining?.keys() ?? []
  }
}

/** That a connection asked for a stream, by this name. */
export interface Subscription {
  readonly connection: Connection
  readonly asked: string
  readonly topic: Topic
  /** When the right to it ends, ms since 1970. */
  readonly expires: number | undefined
}

export class Subscriptions {
  readonly #topics = new Map<string, Topic>()
  readonly #expiry: Expiry<Subscription>
  #count = 0

  /** `expired` is told of each subscription that has ended by its time. */
  constructor(expired: (subscription: Subscription) => void) {
    this.#expiry = new Expiry((subscription) => {
      this.end(subscription.connection, subscription.asked)
      expired(subscription)
    })
  }

  /** Streams that somebody listens to. */
  get streams(): number {
    return this.#topics.size
  }

  get count(): number {
    return this.#count
  }

  topic(stream: string): Topic | undefined {
    return this.#topics.get(stream)
  }

  /** The topic of a stream, made if need be, with the connection noted as asking for it by the name `asked`. */
  open(connection: Connection, asked: string, stream: string, expires: number | undefined): Topic {
    const topic = this.#topics.get(stream) ?? new Topic(stream)
    this.#topics.set(stream, topic)
    const known = connection.subscriptions.get(asked)
    if (known) this.#expiry.remove(known)
    else this.#count++
    const subscription = { connection, asked, topic, expires }
    connection.subscriptions.set(asked, subscription)
    this.#expiry.add(subscription)
    return topic
  }

  /** Ends the subscription that the connection asked for by this name. Unknown names are nothing to end. */
  end(connection: Connection, asked: string): void {
    const subscription = connection.subscriptions.get(asked)
    if (!subscription) return
    connection.subscriptions.delete(asked)
    this.#expiry.remove(subscription)
    this.#count--
    const { topic } = subscription
    const asks = topic.joining?.get(connection)?.asks ?? []
    // The first of them is being answered: Subscribing sees that it has gone.
    for (let index = asks.length; index-- > 0; ) if (asks[index]?.asked === asked) asks.splice(index, 1)
    for (const other of connection.subscriptions.values()) if (other.topic === topic) return
    this.#leave(connection, topic)
  }

  endAll(connection: Connection): void {
    this.#count -= connection.subscriptions.size
    for (const subscription of connection.subscriptions.values()) {
      this.#expiry.remove(subscription)
      this.#leave(connection, subscription.topic)
    }
    connection.subscriptions.clear()
  }

  stop(): void {
    this.#expiry.stop()
  }

  #leave(connection: Connection, topic: Topic): void {
    topic.plain.delete(connection)
    topic.resumable.delete(connection)
    topic.ahead?.delete(connection)
    if (topic.joining?.delete(connection)) connection.joining--
    if (topic.empty) this.#topics.delete(topic.name)
  }
}
