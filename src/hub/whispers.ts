// What clients say to each other: to the other subscribers of a stream that allows it. It is kept nowhere, has no position, and
// goes only to clients that keep up.

import { randomUUID } from 'node:crypto'
import { tell } from '../diagnostics'
import type { Engine, Whisper } from '../engine/engine'
import { logger, reasonOf, warnSeldom } from '../log'
import type { PublicStreams } from '../options/options'
import type { Connection } from './connection'
import { byStream, Gathered } from './gathered'
import { holds } from './rule'
import type { Subscriptions } from './subscriptions'

const debug = logger('hub')

/** So much to listeners of this process costs a client as much as one message of its own, characters. */
const lengthPerMessage = 262_144

/** What `Whispers` works with. */
export interface WhisperParts {
  /** The id of the cable. */
  readonly cable: string
  readonly engine: Engine
  readonly subscriptions: Subscriptions
  /** The streams that allow it. */
  readonly rule: PublicStreams
}

/** Carries whispers from client to client, also of other processes. */
export class Whispers {
  readonly #parts: WhisperParts
  // Who whispers has a name, by which all processes know not to send it back.
  readonly #names = new WeakMap<Connection, string>()
  // While the engine is away, each of them is.
  readonly #sayLost = warnSeldom(debug)
  readonly #gathered = new Gathered<Whisper>((whispers) => this.#hand(whispers))

  constructor(parts: WhisperParts) {
    this.#parts = parts
  }

  /** Sends a whisper to each stream of an address that allows it. Others, and addresses that are not subscribed, are ignored. */
  whisper(connection: Connection, address: string, json: string): void {
    const { engine, subscriptions, rule } = this.#parts
    for (const stream of subscriptions.streamsAt(connection, address)) {
      if (!holds(rule, stream, 'whispers', connection.identity)) {
        debug('a whisper to %s is dropped, as the option `whispers` does not allow it', stream)
        continue
      }
      // What it costs is what all of them are sent.
      const listeners = subscriptions.topic(stream)?.size ?? 0
      if (!connection.pay((json.length * listeners) / lengthPerMessage)) return
      const from = this.#names.get(connection) ?? randomUUID()
      this.#names.set(connection, from)
      engine
        .signal({ type: 'whisper', stream, json, from })
        .catch((error: unknown) => this.#sayLost(`a whisper was lost: ${reasonOf(error)}`))
    }
  }

  /** Takes a whisper for the subscribers in this process. */
  heard(whisper: Whisper): void {
    this.#gathered.add(whisper, whisper.json.length)
  }

  #hand(whispers: readonly Whisper[]): void {
    for (const [stream, own] of byStream(whispers)) this.#handTo(stream, own)
  }

  // Nobody hears what they said themselves.
  #handTo(stream: string, whispers: readonly Whisper[]): void {
    const reach = whispers.map(({ from, json }, index) => ({ from, json, index, recipients: 0 }))
    const senders = new Set(whispers.map(({ from }) => from))
    for (const { protocol, framing, to, members } of this.#parts.subscriptions.topic(stream)?.audiences ?? []) {
      const around = protocol.whisper?.(to)
      if (!around) continue
      const frames = whispers.map(({ json }) => framing.frame(around.head + json + around.tail))
      const shared = Buffer.concat(frames)
      for (const connection of members) {
        if (connection.pending > 0) continue
        const name = this.#names.get(connection)
        if (name === undefined || !senders.has(name)) {
          connection.write(shared)
          for (const each of reach) each.recipients++
          continue
        }
        const others = reach.filter(({ from }) => from !== name)
        if (others.length === 0) continue
        connection.write(Buffer.concat(others.map(({ index }) => frames[index] as Buffer)))
        for (const each of others) each.recipients++
      }
    }
    const { cable } = this.#parts
    for (const { json, recipients } of reach) tell('turbo-cable:whisper', () => ({ cable, stream, json, recipients }))
  }
}
