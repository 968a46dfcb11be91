// Who listens to what, indexed both ways: a broadcast looks only at its subscribers, and a disconnect only at its streams.

import { tell } from '../diagnostics'
import { Addresses } from './addresses'
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
  /** The next of the streams that the address means. Most mean one. */
  readonly also: Subscription | undefined
}

/** The right to a stream that is subscribed to. */
export interface Granted {
  readonly stream: string
  readonly expires?: number | undefined
}

/** A new subscription. `served`: an earlier one at its address served the connection with its stream, and no longer does. */
export interface Opened {
  readonly subscription: Subscription
  readonly served: boolean
}

/** Who is told of connections that come to streams and leave them. */
export interface Membership {
  /** A connection is served with a stream: it comes, or it was there and goes on. */
  served(subscription: Subscription): void
  /** A connection has left a stream, as this was its last subscription to it. */
  ended(subscription: Subscription): void
}

const none = new Addresses<Subscription>()

/** All subscriptions of a process. */
export class Subscriptions {
  readonly #topics = new Map<string, Topic>()
  /** By connection and address. A connection without any has no entry. */
  readonly #subscriptions = new Map<Connection, Addresses<Subscription>>()
  readonly #expiry: Expiry<Subscription>
  readonly #flush: () => void
  readonly #membership: Membership | undefined
  #count = 0

  /** `flush` sends what the topics have gathered. `expired` gets each subscription that has ended because its time had come. */
  constructor(flush: () => void, expired: (subscription: Subscription) => void, membership?: Membership) {
    this.#flush = flush
    this.#membership = membership
    this.#expiry = new Expiry((subscription) => {
      this.end(subscription.connection, subscription.address)
      expired(subscription)
    })
  }

  /** How many streams have subscribers. */
  get streams(): number {
    return this.#topics.size
  }

  /** All streams that have subscribers. */
  get topics(): Iterable<Topic> {
    return this.#topics.values()
  }

  /** How many subscriptions there are. */
  get count(): number {
    return this.#count
  }

  /** All subscriptions of a connection. */
  *each(connection: Connection): Iterable<Subscription> {
    for (const first of this.of(connection).values()) yield* chain(first)
  }

  /** The subscriptions of a connection, by address: the first of each. */
  of(connection: Connection): Omit<Addresses<Subscription>, 'set' | 'delete'> {
    return this.#subscriptions.get(connection) ?? none
  }

  /** The names of the streams of an address; none for one that is not subscribed. */
  streamsAt(connection: Connection, address: string): readonly string[] {
    const first = this.of(connection).get(address)
    return first ? [...chain(first)].map(({ topic }) => topic.name) : []
  }

  /** The topic of a stream; undefined if it has no subscribers. */
  topic(stream: string): Topic | undefined {
    return this.#topics.get(stream)
  }

  /**
   * Subscribes to all streams of an address, in place of what the connection had there. Where that served it and no longer does,
   * the new subscription has to go on without a hole.
   */
  open(connection: Connection, address: string, resumes: boolean, granted: readonly Granted[]): readonly Opened[] {
    const own = this.#subscriptions.get(connection) ?? new Addresses<Subscription>()
    const before = own.get(address)
    // A client may ask again and again while the first answer is awaited: all of these share one text.
    const name = before?.address ?? address
    const opened: { subscription: Subscription; served: boolean }[] = []
    let also: Subscription | undefined
    // From the last to the first, as each knows the next.
    for (let index = granted.length; index-- > 0; ) {
      const { stream, expires } = granted[index] as Granted
      const topic = this.#topics.get(stream) ?? new Topic(stream, this.#flush)
      if (topic.empty) this.#topics.set(stream, topic)
      const audience = topic.audience(connection, { address: name, stream, resumes })
      also = { connection, address: name, topic, audience, expires, also }
      this.#expiry.add(also)
      opened.push({ subscription: also, served: false })
    }
    if (also === undefined) return opened
    if (own.size === 0) this.#subscriptions.set(connection, own)
    own.set(name, also)
    this.#count += opened.length
    if (before) this.#replace(before, opened)
    for (const { stream } of granted) {
      tell('turbo-cable:subscribed', () => ({ ...connection.client, stream, resumes }))
    }
    return opened
  }

  /** Makes a connection a member, which gets each message as it comes. */
  serve(subscription: Subscription): void {
    const { topic, audience, connection } = subscription
    topic.serve(audience, connection)
    if (!connection.finished) this.#membership?.served(subscription)
  }

  /** Ends what an address is subscribed to. An unknown address is ignored. */
  end(connection: Connection, address: string): void {
    const own = this.#subscriptions.get(connection)
    const first = own?.get(address)
    if (!own || !first) return
    own.delete(address)
    if (own.size === 0) this.#subscriptions.delete(connection)
    for (const each of chain(first)) this.#ended(each)
  }

  /** Ends all subscriptions of a connection. */
  endAll(connection: Connection): void {
    const ended = [...this.each(connection)]
    this.#subscriptions.delete(connection)
    for (const each of ended) this.#ended(each)
  }

  /** Stops to watch for rights that end. */
  stop(): void {
    this.#expiry.stop()
  }

  #replace(before: Subscription, opened: { subscription: Subscription; served: boolean }[]): void {
    for (const each of chain(before)) {
      this.#uncount(each)
      if (opened.some(({ subscription }) => subscription.audience === each.audience) || !this.#leave(each)) continue
      for (const one of opened) if (one.subscription.topic === each.topic) one.served = true
    }
  }

  #ended(subscription: Subscription): void {
    this.#uncount(subscription)
    this.#leave(subscription)
  }

  #uncount(subscription: Subscription): void {
    this.#expiry.remove(subscription)
    this.#count--
    const { connection, topic } = subscription
    tell('turbo-cable:unsubscribed', () => ({ ...connection.client, stream: topic.name }))
  }

  // Leaves the audience, unless the connection has another address in it. Returns whether it was served or waiting there.
  #leave(subscription: Subscription): boolean {
    const { connection, address, topic, audience } = subscription
    audience.joining?.get(connection)?.forget(address)
    for (const other of this.each(connection)) if (other.audience === audience) return false
    const served = topic.leave(audience, connection)
    if (topic.empty) this.#topics.delete(topic.name)
    if (this.#membership && !this.#hears(connection, topic)) this.#membership.ended(subscription)
    return served
  }

  #hears(connection: Connection, topic: Topic): boolean {
    for (const other of this.each(connection)) if (other.topic === topic) return true
    return false
  }
}

function* chain(first: Subscription): Iterable<Subscription> {
  for (let each: Subscription | undefined = first; each; each = each.also) yield each
}
