// What is to be seen of a hub: its connections and its streams, read and never changed.

import type { Connections } from './connections'
import { subjectOf } from './gate'
import type { HubStats } from './stats'
import type { Subscriptions } from './subscriptions'

/** One connection. */
export interface ConnectionView {
  /** Unique within the hub. */
  readonly number: number
  /** What it speaks. */
  readonly wire: string
  /** The id of who it is. */
  readonly subject: string | undefined
  readonly address: string | undefined
  /** Bytes that wait for it. */
  readonly pending: number
  /** When it came, ms since 1970. */
  readonly since: number
  /** How many subscriptions it has. */
  readonly streams: number
}

/** A stream with subscribers. */
export interface StreamView {
  readonly name: string
  readonly subscribers: number
}

/** Looks at one hub. */
export class HubView {
  readonly #connections: Connections
  readonly #subscriptions: Subscriptions

  constructor(connections: Connections, subscriptions: Subscriptions) {
    this.#connections = connections
    this.#subscriptions = subscriptions
  }

  /** The counts; `broadcasts` is the one that is not to be seen here. */
  stats(broadcasts: number): HubStats {
    const { size, dropped } = this.#connections
    const { streams, count } = this.#subscriptions
    return {
      connections: size,
      streams,
      subscriptions: count,
      broadcasts,
      slowConsumers: dropped.slow_consumer,
      silentConnections: dropped.silent,
    }
  }

  /** Up to `most` connections: those for which most bytes wait, then the newest. */
  connections(most: number): readonly ConnectionView[] {
    const all = Array.from(this.#connections, (connection) => ({ connection, pending: connection.pending }))
    all.sort((one, other) => other.pending - one.pending || other.connection.number - one.connection.number)
    return all.slice(0, most).map(({ connection, pending }) => ({
      number: connection.number,
      wire: connection.wire,
      subject: subjectOf(connection.identity),
      address: connection.transport.address,
      pending,
      since: connection.since,
      streams: this.#subscriptions.of(connection).size,
    }))
  }

  /** Up to `most` streams: those with the most subscribers, then by name. */
  streams(most: number): readonly StreamView[] {
    const all = Array.from(this.#subscriptions.topics, ({ name, size }) => ({ name, subscribers: size }))
    all.sort((one, other) => other.subscribers - one.subscribers || (one.name < other.name ? -1 : 1))
    return all.slice(0, most)
  }

  /** How many subscribers a stream has. */
  subscribers(stream: string): number {
    return this.#subscriptions.topic(stream)?.size ?? 0
  }
}
