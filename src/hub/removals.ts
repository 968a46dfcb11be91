// Takes back a connection, or the right to one stream. Who is meant is given by a function, which is asked about the identities
// in this process, or by a subject, the text form of an identity, which the engine carries to every process.

import type { Engine, Signal, Whisper } from '../engine/engine'
import { failure } from '../errors'
import { warn } from '../log'
import { check, type Rule } from '../options/check'
import type { Identity } from '../options/identity'
import type { Arrivals } from './arrivals'
import type { Connection } from './connection'
import type { Connections } from './connections'
import { type Gate, subjectOf } from './gate'
import type { Subscribing } from './subscribing'
import type { Subscriptions } from './subscriptions'

/** Whether an identity is meant. */
export type Match = (identity: Identity) => boolean

/** A user's id, or a function of the identity. */
export type Who = string | number | Match

/** What `Removals` works with. */
export interface RemovalParts {
  readonly engine: Engine
  readonly gate: Gate
  readonly arrivals: Arrivals
  readonly connections: Connections
  readonly subscriptions: Subscriptions
  readonly subscribing: Subscribing
  /** Closes a connection and tells the client not to come back. */
  readonly dismiss: (connection: Connection) => void
}

/** Disconnects clients and revokes streams. */
export class Removals {
  readonly #parts: RemovalParts
  /** How to undo each revocation that came as a signal, by stream and subject. */
  readonly #signalled = new Map<string, () => void>()

  constructor(parts: RemovalParts) {
    this.#parts = parts
  }

  /** Closes every connection whose identity is meant. If `who` throws, the caller gets the error and nothing is closed. */
  disconnect(who: Who): void {
    const meant = checked(who)
    if (typeof meant === 'string') {
      this.#send({ type: 'disconnect', subject: meant })
      return
    }
    const matching = [...this.#parts.connections].filter(({ identity }) => meant(identity))
    this.#parts.arrivals.disconnect(meant)
    for (const connection of matching) this.#parts.dismiss(connection)
  }

  /**
   * Ends the subscriptions of each identity that is meant, and refuses the stream to it until the returned function is called.
   * For a subject that function undoes every earlier `revoke` of the same stream and subject.
   */
  revoke(stream: string, who: Who): () => void {
    const meant = checked(who)
    if (typeof meant === 'string') {
      let restored = false
      this.#send({ type: 'revoke', stream, subject: meant })
      return () => {
        // Only once: a second call must not undo a later `revoke`.
        if (!restored) this.#send({ type: 'restore', stream, subject: meant })
        restored = true
      }
    }
    const connections = [...(this.#parts.subscriptions.topic(stream)?.connections() ?? [])]
    for (const connection of connections.filter(({ identity }) => meant(identity))) {
      for (const { address, topic } of [...this.#parts.subscriptions.each(connection)]) {
        if (topic.name === stream) this.#parts.subscribing.reject(connection, address, 'unauthorized')
      }
    }
    return this.#parts.gate.revoke(stream, meant)
  }

  /** Does what a signal says. */
  signalled(signal: Exclude<Signal, Whisper>): void {
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

  #send(signal: Exclude<Signal, Whisper>): void {
    this.#parts.engine.signal(signal).catch((error: unknown) => {
      warn(
        `${signal.type} of "${signal.subject}" did not reach every process: ${error instanceof Error ? error.message : error}`,
      )
    })
  }
}

// An id as signals carry it, or a function that answers at once. A promise is neither yes nor no, and would be taken for a yes.
function checked(who: Who): string | Match {
  check('who', who, somebody)
  if (typeof who !== 'function') return String(who)
  return (identity) => {
    const answer: unknown = who(identity)
    if (!(answer instanceof Promise)) return answer as boolean
    answer.catch(() => {})
    throw failure('TURBO_CABLE_BAD_OPTION', ['who', atOnce, 'a promise'])
  }
}

const atOnce = "a user's id, or a function of the identity that answers at once, true or false"
const somebody: Rule = {
  words: atOnce,
  holds: (who) =>
    typeof who === 'function'
      ? Object.prototype.toString.call(who) !== '[object AsyncFunction]'
      : (typeof who === 'string' && who !== '') || Number.isFinite(who) || typeof who === 'bigint',
  shown: (who) => (typeof who === 'function' ? 'an async function' : who),
}
