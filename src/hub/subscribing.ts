// From a subscribe to a subscription or a refusal. The gate decides; then the app, if it has an `authorize`; then the gate again.

import { logger } from '../log'
import { maxAskedLength } from '../options/limits'
import type { RejectReason, SubscribeCommand } from '../protocol/protocol'
import type { BroadcastLog } from './broadcast-log'
import type { Connection } from './connection'
import { type Gate, type Right, subjectOf } from './gate'
import { Questions } from './questions'
import type { Replays } from './replays'
import type { Subscriptions } from './subscriptions'

const debug = logger('hub')

/** What `Subscribing` works with. */
export interface SubscribingParts {
  readonly gate: Gate
  readonly subscriptions: Subscriptions
  readonly replays: Replays
  readonly log: BroadcastLog
  /** `streamsPerConnection` is how many subscriptions one connection may have. */
  readonly limits: { readonly streamsPerConnection: number }
}

/** Handles the subscribes of all connections. */
export class Subscribing {
  readonly #parts: SubscribingParts
  readonly #questions: Questions
  // Addresses that the app has not yet answered for, each with the attempt that the answer will be for.
  readonly #unanswered = new Map<Connection, Map<string, symbol>>()

  constructor(parts: SubscribingParts) {
    this.#parts = parts
    this.#questions = new Questions(parts.gate, parts.limits.streamsPerConnection)
  }

  /** Answers a subscribe with `subscribed` or `rejected`, now or when the app has decided. */
  subscribe(connection: Connection, command: SubscribeCommand): void {
    connection.asked = true
    const right = this.#admit(connection, command)
    if (typeof right === 'string') this.reject(connection, command.address, right)
    else if (this.#parts.gate.asksTheApp) void this.#openWhenAllowed(connection, command, right)
    else this.#open(connection, command, right)
  }

  /** Ends the subscription of an address, also one about which the app is being asked. */
  unsubscribe(connection: Connection, address: string): void {
    this.#answered(connection, address)
    this.#parts.subscriptions.end(connection, address)
  }

  /** Ends the subscription of an address, if there is one, and tells the client why. */
  reject(connection: Connection, address: string, reason: RejectReason): void {
    this.unsubscribe(connection, address)
    debug('%s asks for %s: rejected, %s', who(connection), shown(address), reason)
    connection.say({ type: 'rejected', address: address.slice(0, maxAskedLength), reason })
  }

  /** Ends all subscriptions of a connection, also those about which the app is being asked. */
  forget(connection: Connection): void {
    if (this.#parts.gate.asksTheApp) this.#questions.forget(connection)
    this.#unanswered.delete(connection)
    this.#parts.subscriptions.endAll(connection)
  }

  #admit(connection: Connection, { address, asked }: SubscribeCommand): Right | RejectReason {
    const unanswered = this.#unanswered.get(connection)
    const subscribed = this.#parts.subscriptions.of(connection)
    const known = subscribed.has(address) || unanswered?.has(address)
    const taken = subscribed.size + (unanswered?.size ?? 0)
    return !known && taken >= this.#parts.limits.streamsPerConnection
      ? 'limit'
      : this.#parts.gate.admit(asked, connection)
  }

  async #openWhenAllowed(connection: Connection, command: SubscribeCommand, { stream }: Right): Promise<void> {
    const { address } = command
    const attempt = Symbol(address)
    const unanswered = this.#unanswered.get(connection) ?? new Map<string, symbol>()
    this.#unanswered.set(connection, unanswered.set(address, attempt))
    const allowed = await this.#questions.ask(connection, stream)
    // Unsubscribed, asked again or gone meanwhile: this answer is nobody's any more.
    if (this.#unanswered.get(connection)?.get(address) !== attempt) return
    this.#answered(connection, address)
    // What held before the app was asked must still hold after it.
    const still = allowed ? this.#admit(connection, command) : allowed === undefined ? 'limit' : 'unauthorized'
    if (typeof still === 'string') this.reject(connection, address, still)
    else this.#open(connection, command, still)
  }

  #answered(connection: Connection, address: string): void {
    const unanswered = this.#unanswered.get(connection)
    if (unanswered?.delete(address) && unanswered.size === 0) this.#unanswered.delete(connection)
  }

  #open(connection: Connection, { address, cursor, connection: id }: SubscribeCommand, right: Right): void {
    const { stream, expires } = right
    debug('%s asks for %s: subscribed', who(connection), stream)
    this.#parts.log.asked(stream)
    const destination = { address, stream, resumes: cursor !== undefined }
    const { subscription, served } = this.#parts.subscriptions.open(connection, destination, expires)
    if (cursor === undefined) {
      subscription.topic.serve(subscription.audience, connection)
      connection.say({ type: 'subscribed', address, stream })
      return
    }
    connection.resumes = true
    connection.id = id ?? connection.id
    this.#parts.replays.start(subscription, cursor, served)
  }
}

function who({ identity }: Connection): string {
  return subjectOf(identity) ?? 'somebody'
}

// Escaped, because a stranger chose it; cut off, because a token is a right and a log is read by many.
function shown(asked: string): string {
  return JSON.stringify(asked.length > 40 ? `${asked.slice(0, 39)}…` : asked)
}
