// Presence in the words of clients whose wire has such: they say when they are there, ask who is, and are told who comes and leaves.

import type { Present } from '../options/presence'
import type { Connection } from './connection'
import { byStream, Gathered } from './gathered'
import type { Turn } from './presence-roster'
import type { Subscription, Subscriptions } from './subscriptions'

/** So much of a list costs a client as much as one message of its own, bytes. */
const bytesPerMessage = 8_192

/** What `PresenceClients` works with. */
export interface ClientsParts {
  readonly subscriptions: () => Subscriptions
  /** Whether a stream has presence. */
  readonly has: (stream: string) => boolean
  /** Who is on a stream. */
  readonly list: (stream: string) => readonly Present[]
}

/** The clients that speak of presence. */
export class PresenceClients {
  readonly #parts: ClientsParts
  /** The addresses by which each has joined. */
  readonly #joined = new WeakMap<Connection, Set<string>>()

  readonly #gathered = new Gathered<Turn>((turns) => this.#tell(turns))

  constructor(parts: ClientsParts) {
    this.#parts = parts
  }

  /** Whether a subscriber is there: by having subscribed, or by having said so where its wire has a word for that. */
  counts({ connection, address }: Subscription): boolean {
    return !connection.protocol.joins || this.#joined.get(connection)?.has(address) === true
  }

  /**
   * A client joins by an address that it is subscribed to. Returns the streams on which it is there by that. Of any other address
   * nothing is kept: whoever is connected may name as many as they like.
   */
  join(connection: Connection, address: string): readonly string[] {
    const subscriptions = this.#parts.subscriptions()
    const streams = subscriptions.streamsAt(connection, address).filter(this.#parts.has)
    if (streams.length === 0) return streams
    const joined = this.#joined.get(connection) ?? new Set()
    for (const each of joined) if (subscriptions.of(connection).get(each) === undefined) joined.delete(each)
    this.#joined.set(connection, joined.add(address))
    return streams
  }

  /** A client is no longer there by an address. Returns the streams that it has left. */
  leave(connection: Connection, address: string): readonly string[] {
    const left = this.#joined.get(connection)?.delete(address) === true
    return left ? this.#parts.subscriptions().streamsAt(connection, address) : []
  }

  /** A subscription has ended, and what was joined by its address. */
  ended({ connection, address }: Subscription): void {
    if (this.#parts.subscriptions().of(connection).get(address) === undefined)
      this.#joined.get(connection)?.delete(address)
  }

  /** Tells a client who is on the streams of an address. */
  answer(connection: Connection, address: string): void {
    const streams = this.#parts.subscriptions().streamsAt(connection, address)
    const lists = streams.filter(this.#parts.has).map(this.#parts.list)
    const present = new Map(lists.flat().map((each) => [each.id, each]))
    const answer = { type: 'present', address, present: lists.length > 0 ? [...present.values()] : undefined } as const
    const frames = connection.framed(answer)
    if (frames.length > 0 && connection.pay(frames.length / bytesPerMessage)) connection.write(frames)
  }

  /** Tells the subscribers of a stream in this process who has come or left, and with it what else comes in this turn. */
  announce(turn: Turn): void {
    this.#gathered.add(turn, JSON.stringify(turn.identity).length)
  }

  #tell(turns: readonly Turn[]): void {
    for (const [stream, own] of byStream(turns)) {
      for (const { protocol, framing, to, members } of this.#parts.subscriptions().topic(stream)?.audiences ?? []) {
        const texts = own.flatMap(({ joined, identity }) =>
          protocol.encode({ type: joined ? 'joined' : 'left', address: to.address, who: identity }),
        )
        if (texts.length === 0) continue
        const frames = Buffer.concat(texts.map((text) => framing.frame(text)))
        for (const connection of members) connection.write(frames)
      }
    }
  }
}
