// What clients say to each other: to the other subscribers of a stream that allows it. It is kept nowhere, has no position, and
// goes only to clients that keep up.

import { randomUUID } from 'node:crypto'
import { tell } from '../diagnostics'
import type { Engine, Whisper } from '../engine/engine'
import { logger, reasonOf, warnSeldom } from '../log'
import type { PublicStreams } from '../options/options'
import type { Connection } from './connection'
import { holds } from './rule'
import type { Subscriptions } from './subscriptions'

const debug = logger('hub')

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
      const from = this.#names.get(connection) ?? randomUUID()
      this.#names.set(connection, from)
      engine
        .signal({ type: 'whisper', stream, json, from })
        .catch((error: unknown) => this.#sayLost(`a whisper was lost: ${reasonOf(error)}`))
    }
  }

  /** Hands a whisper to the subscribers in this process. */
  heard({ stream, json, from }: Whisper): void {
    let recipients = 0
    for (const { protocol, framing, to, members } of this.#parts.subscriptions.topic(stream)?.audiences ?? []) {
      const around = protocol.whisper?.(to)
      if (!around) continue
      const frame = framing.frame(around.head + json + around.tail)
      for (const connection of members) {
        if (this.#names.get(connection) === from || connection.pending > 0) continue
        connection.write(frame)
        recipients++
      }
    }
    tell('turbo-cable:whisper', () => ({ cable: this.#parts.cable, stream, json, recipients }))
  }
}
