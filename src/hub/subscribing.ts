// From a subscribe to a subscriber that misses nothing: the gate is asked, the history is replayed, and only then is the
// connection live. Gapless also when the app or the engine answers late.

import type { Engine, Positioned, Replay } from '../engine/engine'
import { warn } from '../log'
import { textFrame } from '../protocol/frame'
import { type Command, type RejectReason, rejected, resumed, subscribed } from '../protocol/turbo-cable'
import type { Connection } from './connection'
import type { FanOut } from './fan-out'
import type { Admission, Gate } from './gate'
import type { Subscriptions, Topic } from './subscriptions'

export type SubscribeCommand = Extract<Command, { type: 'subscribe' }>

export interface SubscribingLimits {
  readonly streamsPerConnection: number
}

export class Subscribing {
  readonly #engine: Engine
  readonly #gate: Gate
  readonly #subscriptions: Subscriptions
  readonly #fanOut: FanOut
  readonly #limits: SubscribingLimits
  readonly #refreshSpread: number

  constructor(parts: {
    engine: Engine
    gate: Gate
    subscriptions: Subscriptions
    fanOut: FanOut
    limits: SubscribingLimits
    refreshSpread: number
  }) {
    this.#engine = parts.engine
    this.#gate = parts.gate
    this.#subscriptions = parts.subscriptions
    this.#fanOut = parts.fanOut
    this.#limits = parts.limits
    this.#refreshSpread = parts.refreshSpread
  }

  subscribe(connection: Connection, command: SubscribeCommand): void {
    const { stream: asked } = command
    const admission = this.#admit(connection, asked)
    if (typeof admission === 'string') this.reject(connection, asked, admission)
    else if (this.#gate.asksTheApp) void this.#openWhenAllowed(connection, command, admission)
    else this.#open(connection, command, admission)
  }

  unsubscribe(connection: Connection, asked: string): void {
    connection.asking?.delete(asked)
    this.#subscriptions.end(connection, asked)
  }

  /** Ends a subscription, if there is one, and says why. */
  reject(connection: Connection, asked: string, reason: RejectReason): void {
    this.unsubscribe(connection, asked)
    // Enough of what was asked for to be recognised by who asked properly; the rest could be anything.
    connection.write(textFrame(rejected(asked.slice(0, 8_192), reason)))
  }

  #admit(connection: Connection, asked: string): Admission | RejectReason {
    const known = connection.subscriptions.has(asked) || connection.asking?.has(asked)
    const taken = connection.subscriptions.size + (connection.asking?.size ?? 0)
    return !known && taken >= this.#limits.streamsPerConnection ? 'limit' : this.#gate.admit(asked, connection)
  }

  async #openWhenAllowed(connection: Connection, command: SubscribeCommand, admission: Admission): Promise<void> {
    const { stream: asked } = command
    const attempt = Symbol(asked)
    connection.asking ??= new Map()
    connection.asking.set(asked, attempt)
    const allowed = await this.#gate.allows(admission.stream, connection)
    // Unsubscribed, asked again or gone meanwhile: this answer is nobody's any more.
    if (connection.asking.get(asked) !== attempt) return
    connection.asking.delete(asked)
    // What held before the app was asked must still hold after it.
    const still = allowed ? this.#admit(connection, asked) : 'unauthorized'
    if (typeof still === 'string') this.reject(connection, asked, still)
    else this.#open(connection, command, still)
  }

  #open(
    connection: Connection,
    { stream: asked, cursor, connection: id }: SubscribeCommand,
    admission: Admission,
  ): void {
    const topic = this.#subscriptions.open(connection, asked, admission.stream, admission.expires)
    // What was gathered before this subscribe belongs to those who were there: it must not reach the newcomer twice.
    if (topic.pending.length > 0) this.#fanOut.flush()
    if (cursor === undefined) {
      if (topic.joining?.delete(connection)) connection.joining--
      topic.resumable.delete(connection)
      topic.plain.add(connection)
      connection.write(textFrame(subscribed(asked)))
      return
    }
    connection.resumable = true
    connection.id = id ?? connection.id
    void this.#resume(connection, topic, asked, cursor)
  }

  // Hold live messages back, replay, drop the overlap, go live.
  async #resume(connection: Connection, topic: Topic, asked: string, cursor: string | null): Promise<void> {
    const held: Positioned[] = []
    topic.plain.delete(connection)
    topic.resumable.delete(connection)
    topic.joining ??= new Map()
    if (!topic.joining.has(connection)) connection.joining++
    topic.joining.set(connection, held)
    const replay = await this.#replay(topic.name, cursor)
    // Gone, or asked again meanwhile: the later answer is the one that counts.
    if (topic.joining.get(connection) !== held) return
    topic.joining.delete(connection)
    connection.joining--
    // What this turn has gathered is among the held: the subscribers who are live get it now, this one below.
    if (topic.pending.length > 0) this.#fanOut.flush()
    topic.resumable.add(connection)
    connection.write(this.#answer(connection, asked, topic.name, replay, held))
  }

  #answer(connection: Connection, asked: string, name: string, replay: Replay, held: readonly Positioned[]): Buffer {
    const { recovered, position } = replay
    const answer = resumed(asked, this.#engine.cursorAt(position), recovered, {
      ...(name === asked ? {} : { name }),
      ...(recovered ? {} : { refresh: this.#refreshSpread }),
    })
    const missed = [...replay.messages, ...held.filter((message) => message.position > position)]
    const wanted = missed.filter((message) => message.exclude === undefined || message.exclude !== connection.id)
    return Buffer.concat([textFrame(answer), ...this.#fanOut.frames(wanted)])
  }

  // An engine that fails cannot say what was missed: that is a gap, not an error of the client's.
  async #replay(stream: string, cursor: string | null): Promise<Replay> {
    try {
      return await this.#engine.since(stream, cursor)
    } catch (error) {
      warn(`history of "${stream}" could not be read: ${error instanceof Error ? error.message : error}`)
      return { recovered: false, position: this.#engine.position(), messages: [] }
    }
  }
}
