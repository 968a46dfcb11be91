// Who listens to what. Both directions are indexed, so that a broadcast costs its subscribers and a disconnect its streams.

import type { Destination } from '../protocol/protocol'
import type { Audience } from './audience'
import type { Connection } from './connection'
import { Expiry } from './expiry'
import { Topic } from './topic'

/** One stream a connection subscribed to; `address` is what it calls this subscription. */
export interface Subscription {
  readonly connection: Connection
  readonly address: string
  readonly topic: Topic
  readonly audience: Audience
  /** When the right to it ends, ms since 1970. */
  readonly expires: number | undefined
}

const none: ReadonlyMap<string, Subscription> = new Map()

export class Subscriptions {
  readonly #topics = new Map<string, Topic>()
  /** By address, of the connections that have any. */
  readonly #subscriptions = new Map<Connection, Map<string, Subscription>>()
  readonly #expiry: Expiry<Subscription>
  readonly #flush: () => void
  #count = 0

  /** `flush` sends what the topics have gathered; `expired` is told of each subscription that has ended by its time. */
  constructor(flush: () => void, expired: (subscription: Subscription) => void) {
    this.#flush = flush
    this.#expiry = new Expiry((subscription) => {
      this.end(subscription.connection, subscription.address)
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

  /** The subscriptions of a connection, by address. */
  of(connection: Connection): ReadonlyMap<string, Subscription> {
    return this.#subscriptions.get(connection) ?? none
  }

  topic(stream: string): Topic | undefined {
    return this.#topics.get(stream)
  }

  /**
   * Notes a subscription. One that the connection had at this address is over; `served` says that it was served by it, and
   * that this now rests with the new one.
   */
  open(
    connection: Connection,
    to: Destination,
    expires: number | undefined,
  ): { subscription: Subscription; served: boolean } {
    const topic = this.#topics.get(to.stream) ?? new Topic(to.stream, this.#flush)
    this.#topics.set(to.stream, topic)
    const subscription = { connection, address: to.address, topic, audience: topic.audience(connection, to), expires }
    const before = this.of(connection).get(to.address)
    const own = this.#subscriptions.get(connection) ?? new Map<string, Subscription>()
    this.#subscriptions.set(connection, own.set(to.address, subscription))
    if (before) this.#expiry.remove(before)
    else this.#count++
    this.#expiry.add(subscription)
    const served = before !== undefined && before.audience !== subscription.audience && this.#leave(before)
    return { subscription, served: served && before?.topic === topic }
  }

  /** Ends the subscription at this address. Unknown ones are nothing to end. */
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

  endAll(connection: Connection): void {
    const ended = this.of(connection)
    this.#subscriptions.delete(connection)
    this.#count -= ended.size
    for (const subscription of ended.values()) {
      this.#expiry.remove(subscription)
      this.#leave(subscription)
    }
  }

  stop(): void {
    this.#expiry.stop()
  }

  // A connection may have several addresses in one audience: it leaves with the last of them.
  #leave({ connection, address, topic, audience }: Subscription): boolean {
    audience.joining?.get(connection)?.forget(address)
    for (const other of this.of(connection).values()) if (other.audience === audience) return false
    const served = topic.leave(audience, connection)
    if (topic.empty) this.#topics.delete(topic.name)
    return served
  }
}
