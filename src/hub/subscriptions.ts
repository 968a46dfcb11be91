// Who listens to what, indexed both ways: a broadcast looks only at its subscribers, and a disconnect only at its streams.

import type { Destination } from '../protocol/protocol'
import type { Audience } from './audience'
import type { Connection } from './connection'
import { Expiry } from './expiry'
import { Topic } from './topic'

/** One subscription of a connection. `address` is the client's own name for it. */
export interface Subscription {
  readonly connection: Connection
  readonly address: string
  readonly topic: Topic
  readonly audience: Audience
  /** When the right to it ends, ms since 1970; undefined for never. */
  readonly expires: number | undefined
}

const none: ReadonlyMap<string, Subscription> = new Map()

/** All subscriptions of a process. */
export class Subscriptions {
  readonly #topics = new Map<string, Topic>()
  /** By connection and address. A connection without any has no entry. */
  readonly #subscriptions = new Map<Connection, Map<string, Subscription>>()
  readonly #expiry: Expiry<Subscription>
  readonly #flush: () => void
  #count = 0

  /** `flush` sends what the topics have gathered. `expired` gets each subscription that has ended because its time had come. */
  constructor(flush: () => void, expired: (subscription: Subscription) => void) {
    this.#flush = flush
    this.#expiry = new Expiry((subscription) => {
      this.end(subscription.connection, subscription.address)
      expired(subscription)
    })
  }

  /** How many streams have subscribers. */
  get streams(): number {
    return this.#topics.size
  }

  /** How many subscriptions there are. */
  get count(): number {
    return this.#count
  }

  /** The subscriptions of a connection, by address. */
  of(connection: Connection): ReadonlyMap<string, Subscription> {
    return this.#subscriptions.get(connection) ?? none
  }

  /** The topic of a stream; undefined if it has no subscribers. */
  topic(stream: string): Topic | undefined {
    return this.#topics.get(stream)
  }

  /**
   * Adds a subscription in place of the one that the connection had at this address. `served`: that one served the connection
   * with the same stream and no longer does, so the new one has to go on without a hole.
   */
  open(
    connection: Connection,
    to: Destination,
    expires: number | undefined,
  ): { subscription: Subscription; served: boolean } {
    const topic = this.#topics.get(to.stream) ?? new Topic(to.stream, this.#flush)
    if (topic.empty) this.#topics.set(to.stream, topic)
    const subscription = { connection, address: to.address, topic, audience: topic.audience(connection, to), expires }
    const own = this.#subscriptions.get(connection) ?? new Map<string, Subscription>()
    if (own.size === 0) this.#subscriptions.set(connection, own)
    const before = own.get(to.address)
    own.set(to.address, subscription)
    if (before) this.#expiry.remove(before)
    else this.#count++
    this.#expiry.add(subscription)
    const served = before !== undefined && before.audience !== subscription.audience && this.#leave(before)
    return { subscription, served: served && before?.topic === topic }
  }

  /** Ends the subscription of an address. An unknown address is ignored. */
  end(connection: Connection, address: string): void {
    const own = this.#subscriptions.get(connection)
    const subscription = own?.get(address)
    if (!own || !subscription) return
    own.delete(address)
    if (own.size === 0) this.#subscriptions.delete(connection)
    this.#expiry.remove(subscription)
    this.#count--
    this.#leave(subscription)
  }

  /** Ends all subscriptions of a connection. */
  endAll(connection: Connection): void {
    const ended = this.of(connection)
    this.#subscriptions.delete(connection)
    this.#count -= ended.size
    for (const subscription of ended.values()) {
      this.#expiry.remove(subscription)
      this.#leave(subscription)
    }
  }

  /** Stops to watch for rights that end. */
  stop(): void {
    this.#expiry.stop()
  }

  // Leaves the audience, unless the connection has another address in it. Returns whether it was served or waiting there.
  #leave({ connection, address, topic, audience }: Subscription): boolean {
    audience.joining?.get(connection)?.forget(address)
    for (const other of this.of(connection).values()) if (other.audience === audience) return false
    const served = topic.leave(audience, connection)
    if (topic.empty) this.#topics.delete(topic.name)
    return served
  }
}
