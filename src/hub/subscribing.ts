// From a subscribe to a subscription or a refusal. The gate decides; then the app, if it has an `authorize` or if its channel is
// asked for; then the gate again.

import { tell } from '../diagnostics'
import { keptCursor, unknownCursor } from '../engine/cursor'
import { logger } from '../log'
import { maxAskedLength } from '../options/limits'
import type { Cursors, RejectReason, SubscribeCommand } from '../protocol/protocol'
import type { Connection } from './connection'
import type { Deliveries } from './deliveries'
import { Early } from './early'
import { type Gate, type Right, subjectOf } from './gate'
import type { Presence } from './presence'
import { Questions } from './questions'
import type { Replays } from './replays'
import { Reply } from './reply'
import type { Subscriptions } from './subscriptions'

const debug = logger('hub')

/** What `Subscribing` works with. */
export interface SubscribingParts {
  readonly gate: Gate
  readonly subscriptions: Subscriptions
  readonly replays: Replays
  readonly deliveries: Deliveries
  readonly presence: Pick<Presence, 'joins'>
  /** `streamsPerConnection` is how many subscriptions one connection may have. */
  readonly limits: { readonly streamsPerConnection: number }
}

/** The streams of an address, or why it has none. */
type Streams = readonly string[] | RejectReason

/** A subscribe that the app has yet to answer for. */
interface Attempt {
  /** Undefined once the answer is nobody's any more: a client may ask again and again, and nothing is kept for those of before. */
  command: SubscribeCommand | undefined
}

/** Handles the subscribes of all connections. */
export class Subscribing {
  /** What waits for the engine to start. */
  readonly early = new Early<Connection>()
  readonly #parts: SubscribingParts
  readonly #questions: Questions<boolean>
  readonly #channelQuestions: Questions<Streams>
  // Addresses that the app has not yet answered for, each with the attempt that the answer will be for.
  readonly #unanswered = new Map<Connection, Map<string, Attempt>>()

  constructor(parts: SubscribingParts) {
    this.#parts = parts
    this.#questions = new Questions(parts.limits.streamsPerConnection)
    this.#channelQuestions = new Questions(parts.limits.streamsPerConnection)
  }

  /** Answers a subscribe with `subscribed` or `rejected`, now or when the app has decided. */
  subscribe(connection: Connection, given: SubscribeCommand): void {
    const command = kept(given)
    connection.asked = true
    const right = this.#admit(connection, command)
    if (typeof right === 'string') this.reject(connection, command.address, right)
    else if (right && !this.#parts.gate.asksTheApp) this.#open(connection, command, [right])
    else this.#attempt(connection, command, right)
  }

  /** Replays for an address that is subscribed with cursors; any other is ignored. */
  replay(connection: Connection, address: string, cursor: Cursors): void {
    const subscribed = [...this.#parts.subscriptions.each(connection)].filter((each) => each.address === address)
    const resuming = subscribed.filter(({ audience }) => audience.to.resumes)
    const reply = new Reply(resuming.length, true)
    for (const each of resuming) {
      this.#parts.replays.start(each, this.#cursorFor(cursor, each.topic.name), false, reply)
    }
  }

  /** Ends the subscription of an address, also one about which the app is being asked. */
  unsubscribe(connection: Connection, address: string): void {
    this.#answered(connection, address)
    this.early.forget(connection, address)
    this.#parts.subscriptions.end(connection, address)
  }

  /** Ends the subscription of an address, if there is one, and tells the client why. */
  reject(connection: Connection, address: string, reason: RejectReason): void {
    this.unsubscribe(connection, address)
    debug('%s asks for %s: rejected, %s', who(connection), shown(address), reason)
    tell('turbo-cable:rejected', () => ({ ...connection.client, asked: shown(address), reason }))
    connection.say({ type: 'rejected', address: address.slice(0, maxAskedLength), reason })
  }

  /** Ends all subscriptions of a connection, also those about which the app is being asked. */
  forget(connection: Connection): void {
    if (this.#parts.gate.needsRequest) {
      this.#questions.forget(connection)
      this.#channelQuestions.forget(connection)
    }
    for (const attempt of this.#unanswered.get(connection)?.values() ?? []) attempt.command = undefined
    this.#unanswered.delete(connection)
    this.early.forget(connection)
    this.#parts.subscriptions.endAll(connection)
  }

  // Undefined where only the app can tell.
  #admit(connection: Connection, { address, asked, signed }: SubscribeCommand): Right | RejectReason | undefined {
    const unanswered = this.#unanswered.get(connection)
    const subscribed = this.#parts.subscriptions.of(connection)
    const known = subscribed.get(address) !== undefined || unanswered?.has(address)
    const taken = subscribed.size + (unanswered?.size ?? 0)
    if ((!known && taken >= this.#parts.limits.streamsPerConnection) || address.length > maxAskedLength) return 'limit'
    if (typeof asked === 'string') return this.#parts.gate.admit(asked, connection, signed)
    return this.#parts.gate.channels.has(asked.channel) ? undefined : 'invalid'
  }

  #attempt(connection: Connection, command: SubscribeCommand, right: Right | undefined): void {
    const { address } = command
    const attempt: Attempt = { command }
    this.#answered(connection, address)
    const unanswered = this.#unanswered.get(connection) ?? new Map<string, Attempt>()
    this.#unanswered.set(connection, unanswered.set(address, attempt))
    void this.#openWhenAllowed(connection, attempt, right ? [right.stream] : this.#streamsOf(connection, command))
  }

  // What waits here must not hold the command by itself.
  async #openWhenAllowed(
    connection: Connection,
    attempt: Attempt,
    streams: Streams | Promise<Streams | undefined>,
  ): Promise<void> {
    const allowed = await this.#askTheApp(connection, streams)
    const { command } = attempt
    // Unsubscribed, asked again or gone meanwhile: this answer is nobody's any more.
    if (!command) return
    const { address } = command
    this.#answered(connection, address)
    // What held before the app was asked must still hold after it.
    const still = typeof allowed === 'string' ? allowed : this.#rights(connection, command, allowed)
    if (typeof still === 'string') this.reject(connection, address, still)
    else this.#open(connection, command, still)
  }

  // The streams of a channel, as the app says.
  #streamsOf(connection: Connection, { address, asked }: SubscribeCommand): Streams | Promise<Streams | undefined> {
    const { channels } = this.#parts.gate
    if (typeof asked === 'string') return 'invalid'
    return this.#channelQuestions.ask(connection, address, (left) => channels.streams(asked, connection, left))
  }

  // The streams that the app allows, or why it does not.
  async #askTheApp(connection: Connection, given: Streams | Promise<Streams | undefined>): Promise<Streams> {
    const { gate } = this.#parts
    const streams = given instanceof Promise ? ((await given) ?? 'limit') : given
    if (typeof streams === 'string' || !gate.asksTheApp) return streams
    for (const stream of streams) {
      const allowed = await this.#questions.ask(connection, stream, (left) => gate.allows(stream, connection, left))
      if (!allowed) return allowed === undefined ? 'limit' : 'unauthorized'
    }
    return streams
  }

  #rights(
    connection: Connection,
    command: SubscribeCommand,
    streams: readonly string[],
  ): readonly Right[] | RejectReason {
    const right = this.#admit(connection, command)
    if (right !== undefined) return typeof right === 'string' ? right : [right]
    if (streams.length > this.#parts.limits.streamsPerConnection) return 'limit'
    if (streams.some((stream) => this.#parts.gate.revoked(stream, connection))) return 'unauthorized'
    return streams.map((stream) => ({ stream }))
  }

  #answered(connection: Connection, address: string): void {
    const unanswered = this.#unanswered.get(connection)
    const attempt = unanswered?.get(address)
    if (!unanswered || !attempt) return
    attempt.command = undefined
    unanswered.delete(address)
    if (unanswered.size === 0) this.#unanswered.delete(connection)
  }

  #open(connection: Connection, command: SubscribeCommand, rights: readonly Right[]): void {
    const { address, cursor, connection: id } = command
    const { deliveries, subscriptions, replays, presence } = this.#parts
    for (const { stream } of rights) {
      debug('%s asks for %s: subscribed', who(connection), stream)
      deliveries.log.asked(stream)
    }
    const opened = subscriptions.open(connection, address, cursor !== undefined, rights)
    if (command.joins) presence.joins(connection, address)
    if (cursor === undefined) {
      for (const { subscription } of opened) subscriptions.serve(subscription)
      const { stream } = rights[0] as Right
      this.early.confirm(connection, address, () => connection.say({ type: 'subscribed', address, stream }))
      return
    }
    connection.resumes = true
    connection.id = id ?? connection.id
    const reply = opened.length > 1 ? new Reply(opened.length) : undefined
    for (const { subscription, served } of opened) {
      replays.start(subscription, this.#cursorFor(cursor, subscription.topic.name), served, reply)
    }
  }

  #cursorFor(cursor: string | null | Cursors, stream: string): string | null {
    if (typeof cursor !== 'object' || cursor === null) return cursor
    const { byStream, since } = cursor
    if (byStream.has(stream)) return keptCursor(byStream.get(stream) as string)
    return since === undefined ? null : (this.#parts.deliveries.timeline.before(since) ?? unknownCursor)
  }
}

function kept(command: SubscribeCommand): SubscribeCommand {
  const { cursor } = command
  return typeof cursor === 'string' ? { ...command, cursor: keptCursor(cursor) } : command
}

function who({ identity }: Connection): string {
  return subjectOf(identity) ?? 'somebody'
}

// Escaped, because a stranger chose it; cut off, because a token is a right and a log is read by many.
function shown(asked: string): string {
  return JSON.stringify(asked.length > 40 ? `${asked.slice(0, 39)}…` : asked)
}
