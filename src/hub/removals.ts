// Taking back what was given: a connection, or one stream of it. A function is asked about the identities of this process; a
// subject, the text form of an identity, travels by the engine to every process.

import type { Engine, Signal } from '../engine/engine'
import { warn } from '../log'
import type { Identity } from '../options'
import type { Arrivals } from './arrivals'
import type { Connection } from './connection'
import type { Connections } from './connections'
import { type Gate, subjectOf } from './gate'
import type { Subscribing } from './subscribing'
import type { Subscriptions } from './subscriptions'

export type Match = (identity: Identity) => boolean

export interface RemovalParts {
  readonly engine: Engine
  readonly gate: Gate
  readonly arrivals: Arrivals
  readonly connections: Connections
  readonly subscriptions: Subscriptions
  readonly subscribing: Subscribing
  /** Sends a connection away for good. */
  readonly dismiss: (connection: Connection) => void
}

export class Removals {
  readonly #parts: RemovalParts
  /** The revocations that came as signals, by stream and subject. */
  readonly #signalled = new Map<string, () => void>()

  constructor(parts: RemovalParts) {
    this.#parts = parts
  }

  /** Closes every connection of whoever matches. What `who` throws reaches the caller, before anything is closed. */
  disconnect(who: string | Match): void {
    if (typeof who === 'string') {
      this.#send({ type: 'disconnect', subject: who })
      return
    }
    const matching = [...this.#parts.connections].filter(({ identity }) => who(identity))
    this.#parts.arrivals.disconnect(who)
    for (const connection of matching) this.#parts.dismiss(connection)
  }

  /** Ends the subscriptions of whoever matches, and refuses the stream to them until the returned function is called. */
  revoke(stream: string, who: string | Match): () => void {
    if (typeof who === 'string') {
      let restored = false
      this.#send({ type: 'revoke', stream, subject: who })
      return () => {
        // Once: a second call must not take back what somebody else revoked since.
        if (!restored) this.#send({ type: 'restore', stream, subject: who })
        restored = true
      }
    }
    const connections = [...(this.#parts.subscriptions.topic(stream)?.connections() ?? [])]
    for (const connection of connections.filter(({ identity }) => who(identity))) {
      for (const { address, topic } of [...this.#parts.subscriptions.of(connection).values()]) {
        if (topic.name === stream) this.#parts.subscribing.reject(connection, address, 'unauthorized')
      }
    }
    return this.#parts.gate.revoke(stream, who)
  }

  /** Does what a signal says. */
  signalled(signal: Signal): void {
    const { subject } = signal
    const isSubject: Match = (identity) => subjectOf(identity) === subject
    if (signal.type === 'disconnect') {
      this.disconnect(isSubject)
      return
    }
    const key = JSON.stringify([signal.stream, subject])
    this.#signalled.get(key)?.()
    this.#signalled.delete(key)
    if (signal.type === 'revoke') this.#signalled.set(key, this.revoke(signal.stream, isSubject))
  }

  #send(signal: Signal): void {
    this.#parts.engine.signal(signal).catch((error: unknown) => {
      warn(
        `${signal.type} of "${signal.subject}" did not reach every process: ${error instanceof Error ? error.message : error}`,
      )
    })
  }
}
