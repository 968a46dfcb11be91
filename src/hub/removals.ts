// Takes back a connection, or the right to one stream. Who is meant is given by a function, which is asked about the identities
// in this process, or by a subject, the text form of an identity, which the engine carries to every process.

import type { Engine, Revocation } from '../engine/engine'
import type { Removal } from '../engine/removal'
import { keyOf } from '../engine/revoked'
import { failure } from '../errors'
import { warn } from '../log'
import { check, checkNames, optional, positiveTime, type Rule } from '../options/check'
import type { Identity } from '../options/identity'
import type { RevokeOptions } from '../options/revoke'
import type { Arrivals } from './arrivals'
import type { Connection } from './connection'
import type { Connections } from './connections'
import { type Gate, subjectOf } from './gate'
import type { Presence } from './presence'
import { endOf, SaidRemovals } from './said-removals'
import type { Subscribing } from './subscribing'
import type { Subscriptions } from './subscriptions'

/** Whether an identity is meant. */
export type Match = (identity: Identity) => boolean

/** A user's id, or a function of the identity. */
export type Who = string | number | Match

/** How long an ended revocation may still be remembered, ms. */
const sweepEvery = 60_000

/** What was heard within so many ms was heard at once: it means who is here now. */
const prompt = 200

/** How far we may be wrong about when one was said, ms: who came just before that is meant. */
const doubt = 100

/** What `Removals` works with. */
export interface RemovalParts {
  readonly engine: Engine
  readonly gate: Gate
  readonly arrivals: Arrivals
  readonly connections: Connections
  readonly subscriptions: Subscriptions
  readonly subscribing: Subscribing
  readonly presence: Presence
  /** Closes a connection and tells the client not to come back. */
  readonly dismiss: (connection: Connection) => void
}

/** Disconnects clients and revokes streams. */
export class Removals {
  readonly #parts: RemovalParts
  /** How to undo each revocation that came as a signal, by stream and subject. */
  readonly #signalled = new Map<string, { readonly until: number; readonly undo: () => void }>()
  /** Those that end by themselves. */
  readonly #ending = new Set<{ readonly until: number; readonly undo: () => void }>()
  #swept = 0
  /** Those that were said to every process. */
  readonly said: SaidRemovals

  constructor(parts: RemovalParts) {
    this.#parts = parts
    this.said = new SaidRemovals((removal) => parts.engine.signal(removal), notReached)
  }

  /** Closes every connection whose identity is meant. If `who` throws, the caller gets the error and nothing is closed. */
  disconnect(who: Who): void {
    const meant = checked(who)
    if (typeof meant === 'string') {
      this.said.say({ type: 'disconnect', subject: meant })
      return
    }
    this.#disconnect(meant)
  }

  // Where it was said some ms ago only those go who were here or at the door then.
  #disconnect(meant: Match, ago?: number): void {
    const from = ago === undefined ? Number.POSITIVE_INFINITY : Date.now() - ago
    const matching = [...this.#parts.connections].filter(({ identity, since }) => since <= from && meant(identity))
    this.#parts.arrivals.disconnect(meant, from)
    for (const connection of matching) this.#parts.dismiss(connection)
    if (ago === undefined) this.#parts.presence.expel(meant)
  }

  /**
   * Ends the subscriptions of each identity that is meant, and refuses the stream to it until the returned function is called, or
   * until it ends by itself. For a subject that function undoes every earlier `revoke` of the same stream and subject.
   */
  revoke(stream: string, who: Who, options: RevokeOptions = {}): () => void {
    const meant = checked(who)
    checkNames(options, ['expiresIn'])
    const expiresIn = check('expiresIn', options.expiresIn, optional(positiveTime))
    const until = expiresIn === undefined ? undefined : Math.ceil(Date.now() + expiresIn)
    if (typeof meant === 'string') {
      let restored = false
      this.said.say({ type: 'revoke', stream, subject: meant, ...(until !== undefined && { until }) })
      return () => {
        // Only once: a second call must not undo a later `revoke`.
        if (!restored) this.said.say({ type: 'restore', stream, subject: meant })
        restored = true
      }
    }
    return this.#revoke(stream, meant, until)
  }

  #revoke(stream: string, meant: Match, until: number | undefined): () => void {
    this.#sweep()
    if (until !== undefined && until <= Date.now()) return () => {}
    const connections = [...(this.#parts.subscriptions.topic(stream)?.connections() ?? [])]
    for (const connection of connections.filter(({ identity }) => meant(identity))) {
      for (const { address, topic } of [...this.#parts.subscriptions.each(connection)]) {
        if (topic.name === stream) this.#parts.subscribing.reject(connection, address, 'unauthorized')
      }
    }
    this.#parts.presence.expel(meant, stream)
    const undo = this.#parts.gate.revoke(stream, meant, until)
    if (until !== undefined) this.#ending.add({ until, undo })
    return undo
  }

  // What has ended refuses nobody; it is only forgotten here.
  #sweep(): void {
    const now = Date.now()
    if (now - this.#swept < sweepEvery) return
    this.#swept = now
    for (const each of this.#ending) {
      if (each.until > now) continue
      each.undo()
      this.#ending.delete(each)
    }
  }

  /** Does what a signal says that the engine has had for `age` ms, unless a later one about the same is known. */
  signalled(signal: Removal, age = 0): void {
    const { subject } = signal
    const isSubject: Match = (identity) => subjectOf(identity) === subject
    if (!this.said.heard(signal, age)) return
    if (signal.type === 'disconnect') {
      const past = age + (signal.ago ?? 0)
      this.#disconnect(isSubject, past > prompt ? past - doubt : undefined)
      return
    }
    const key = keyOf(signal)
    const held = this.#signalled.get(key)
    // Of two, the one that ends later holds: an engine may hand one on again that was followed by another.
    if (signal.type === 'revoke' && held && held.until >= endOf(signal)) return
    held?.undo()
    this.#signalled.delete(key)
    if (signal.type === 'revoke') this.#hold(key, signal, isSubject)
  }

  #hold(key: string, signal: Revocation, isSubject: Match): void {
    const until = endOf(signal)
    const held = { until, undo: this.#revoke(signal.stream, isSubject, signal.until) }
    this.#signalled.set(key, held)
    const forget = () => this.#signalled.get(key) === held && this.#signalled.delete(key)
    if (signal.until !== undefined) this.#ending.add({ until, undo: forget })
  }
}

function notReached({ type, subject }: Removal, error: unknown): void {
  const reason = error instanceof Error ? error.message : error
  warn(`${type} of "${subject}" has not reached every process yet: ${reason}`)
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
