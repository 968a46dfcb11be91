// Who listens to what. Both directions are indexed, so that a broadcast costs its subscribers and a disconnect its streams.

import type { Positioned } from '../engine/engine'
import type { Connection } from './connection'

/** A stream with subscribers. */
export class Topic {
  readonly name: string
  /** Connections that get the plain wire, and those that get cursors. */
  readonly plain = new Set<Connection>()
  readonly resumable = new Set<Connection>()
  /** Connections whose replay is being fetched, with what was broadcast meanwhile. */
  joining: Map<Connection, Positioned[]> | undefined
  /** What this turn of the event loop has gathered for the subscribers. */
  pending: Positioned[] = []

  constructor(name: string) {
    this.name = name
  }

  get empty(): boolean {
    return this.plain.size === 0 && this.resumable.size === 0 && !this.joining?.size
  }
}

export class Subscriptions {
  readonly #topics = new Map<string, Topic>()
  #count = 0

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
  open(connection: Connection, asked: string, stream: string): Topic {
    const topic = this.#topics.get(stream) ?? new Topic(stream)
    this.#topics.set(stream, topic)
    if (!connection.subscriptions.has(asked)) this.#count++
    connection.subscriptions.set(asked, topic)
    return topic
  }

  /** Ends the subscription that the connection asked for by this name. Unknown names are nothing to end. */
  end(connection: Connection, asked: string): void {
    const topic = connection.subscriptions.get(asked)
    if (!topic) return
    connection.subscriptions.delete(asked)
    this.#count--
    for (const other of connection.subscriptions.values()) if (other === topic) return
    this.#leave(connection, topic)
  }

  endAll(connection: Connection): void {
    this.#count -= connection.subscriptions.size
    for (const topic of connection.subscriptions.values()) this.#leave(connection, topic)
    connection.subscriptions.clear()
  }

  #leave(connection: Connection, topic: Topic): void {
    topic.plain.delete(connection)
    topic.resumable.delete(connection)
    if (topic.joining?.delete(connection)) connection.joining--
    if (topic.empty) this.#topics.delete(topic.name)
  }
}
