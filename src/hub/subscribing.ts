// From a subscribe to a subscriber that misses nothing: the gate is asked, the history is replayed, and only then is the
// connection live. Gapless also when the app or the engine answers late.

import type { Engine, Positioned, Replay } from '../engine/engine'
import { warn } from '../log'
import { maxAskedLength } from '../options/limits'
import { textFrame } from '../protocol/frame'
import { type Command, type RejectReason, rejected, resumed, subscribed } from '../protocol/turbo-cable'
import type { Connection } from './connection'
import type { FanOut } from './fan-out'
import type { Admission, Gate } from './gate'
import type { Joining, Subscriptions, Topic } from './subscriptions'

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
    connection.write(textFrame(rejected(asked.slice(0, maxAskedLength), reason)))
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
    const joining = topic.joining?.get(connection)
    if (joining) joining.asks.push({ asked, cursor })
    else void this.#join(connection, topic, { asks: [{ asked, cursor }], held: [] })
  }

  // Hold live messages back, replay, drop the overlap, go live. What is asked for meanwhile, by this or another name of the
  // stream, is answered in its turn.
  async #join(connection: Connection, topic: Topic, joining: Joining): Promise<void> {
    const wasPlain = topic.plain.delete(connection)
    let live = topic.resumable.delete(connection) || wasPlain
    topic.joining ??= new Map()
    topic.joining.set(connection, joining)
    connection.joining++
    for (let [ask] = joining.asks; ask; [ask] = joining.asks) {
      const replay = await this.#replay(topic.name, ask.cursor)
      // Gone, or a plain subscriber meanwhile.
      if (topic.joining?.get(connection) !== joining) return
      if (joining.asks[0] !== ask) continue
      joining.asks.shift()
      this.#answer(connection, topic, joining, ask, replay, live)
      live = true
    }
    // Still held where the last to ask has given up meanwhile.
    const held = heldBack(topic, connection, joining)
    if (held.length > 0) connection.write(Buffer.concat(this.#wanted(connection, held)))
    topic.joining.delete(connection)
    connection.joining--
    // What this turn has gathered was among the held: the subscribers who were live get it now, this one has it.
    if (topic.pending.length > 0) this.#fanOut.flush()
    topic.resumable.add(connection)
  }

  #answer(
    connection: Connection,
    topic: Topic,
    joining: Joining,
    { asked, cursor }: Joining['asks'][number],
    { recovered, position, messages }: Replay,
    live: boolean,
  ): void {
    const held = heldBack(topic, connection, joining)
    joining.held = []
    const replayed = recovered && cursor !== null
    const answer = resumed(asked, this.#engine.cursorAt(position), recovered, {
      ...(topic.name === asked ? {} : { name: topic.name }),
      ...(recovered ? {} : { refresh: this.#refreshSpread }),
    })
    // Who was served before goes on being served: an answer that replays nothing must not swallow what was held.
    const before = live && !replayed ? held.filter((message) => message.position <= position) : []
    const after = [...messages, ...held.filter((message) => message.position > position)]
    const frames = [...this.#wanted(connection, before), textFrame(answer), ...this.#wanted(connection, after)]
    connection.write(Buffer.concat(frames))
    if (live && !replayed) return
    // An engine may know of broadcasts that it has yet to hand to this process.
    if (position > this.#engine.position()) topic.ahead = (topic.ahead ?? new Map()).set(connection, position)
    else topic.ahead?.delete(connection)
  }

  #wanted(connection: Connection, messages: readonly Positioned[]): Buffer[] {
    return this.#fanOut.frames(messages.filter(({ exclude }) => exclude === undefined || exclude !== connection.id))
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

// What was broadcast meanwhile, but for what an earlier replay held already.
function heldBack(topic: Topic, connection: Connection, { held }: Joining): Positioned[] {
  const seen = topic.ahead?.get(connection) ?? -1
  return held.filter(({ position }) => position > seen)
}
