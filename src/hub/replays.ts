// From a subscribe with a cursor to a subscriber that misses nothing: live messages are held back, the history is replayed,
// and only then is the connection served. Gapless also when the engine answers late; where it answers too late, or more piles
// up meanwhile than may, that is a gap and it is said.

import type { Engine, Positioned, Replay } from '../engine/engine'
import { warn } from '../log'
import type { Audience } from './audience'
import type { Connection } from './connection'
import { Expiry } from './expiry'
import { type Ask, Join } from './join'
import type { Subscription, Subscriptions } from './subscriptions'

/** How long an engine may take to answer, ms. */
const patience = 10_000

export interface ReplayParts {
  readonly engine: Engine
  readonly subscriptions: Subscriptions
  /** Where this process has come to. */
  readonly progress: () => { readonly position: number; readonly cursor: string }
  /** What may be held back for one connection and stream, bytes. */
  readonly pendingBytes: number
  /** The window over which pages with a gap refresh themselves, ms. */
  readonly refreshSpread: number
}

export class Replays {
  readonly #parts: ReplayParts
  readonly #deadlines = new Expiry<Join>((join) => join.fail())

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  /** True while something that was sent to one of the connection's streams is held back. */
  underWay(connection: Connection): boolean {
    for (const { audience } of this.#parts.subscriptions.of(connection).values()) {
      if (audience.joining?.has(connection)) return true
    }
    return false
  }

  /** Answers a subscribe with a cursor. `served` says that the connection was served until now, by another audience. */
  start(subscription: Subscription, cursor: string | null, served: boolean): void {
    const { audience, connection, topic } = subscription
    const known = audience.joining?.get(connection)
    const join = known instanceof Join ? known : new Join(this.#parts.pendingBytes)
    join.ask({ subscription, cursor })
    const joined = join !== known
    const member = joined && topic.join(audience, connection, join)
    join.served ||= member || served
    if (joined) void this.#run(join, subscription)
  }

  stop(): void {
    this.#deadlines.stop()
  }

  // What is asked for meanwhile, by this or another name of the stream, is answered in its turn.
  async #run(join: Join, { connection, audience, topic }: Subscription): Promise<void> {
    for (let ask = join.next(); ask; ask = join.next()) {
      const replay = await this.#replay(join, topic.name, ask.cursor)
      if (join.abandoned) return
      // Who asked later has waited as long for the same engine, or is missing the same messages.
      if (join.failed) for (const each of join.failAll()) this.#answer(join, each, undefined)
      else if (join.answered(ask)) this.#answer(join, ask, replay)
    }
    // Something is still held where the last to ask has given up meanwhile.
    const released = join.release()
    // And where some of it is gone, there is no answer left to say so: the client comes back with its cursor.
    if (!released) connection.overflow()
    const held = notSeen(connection, audience, released ?? [])
    if (held.length > 0) connection.write(Buffer.concat(framesFor(connection, audience, held)))
    // That write may have been one too many for a client that does not read.
    if (!join.abandoned) topic.serve(audience, connection)
  }

  // Without a replay nobody knows what was missed: that is a gap, not an error of the client's.
  #answer(join: Join, { subscription, cursor: asked }: Ask, replay: Replay | undefined): void {
    const { connection, audience, address, topic } = subscription
    const progress = this.#parts.progress()
    const { recovered, position, cursor, messages } = replay ?? { recovered: false, ...progress, messages: [] }
    const held = notSeen(connection, audience, join.release() ?? [])
    const replayed = recovered && asked !== null
    // Who was served before goes on being served: an answer that replays nothing must not swallow what was held.
    const goesOn = join.served && !replayed
    join.served = true
    const before = goesOn ? held.filter((message) => message.position <= position) : []
    const after = [...messages, ...held.filter((message) => message.position > position)]
    // An engine may know of broadcasts that it has yet to hand to this process.
    if (!goesOn && position > progress.position)
      audience.ahead = (audience.ahead ?? new Map()).set(connection, position)
    else if (!goesOn) audience.ahead?.delete(connection)
    const refresh = recovered ? {} : { refresh: this.#parts.refreshSpread }
    const answer = connection.framed({
      type: 'subscribed',
      address,
      stream: topic.name,
      replay: { cursor, recovered, ...refresh },
    })
    const frames = [...framesFor(connection, audience, before), answer, ...framesFor(connection, audience, after)]
    connection.write(Buffer.concat(frames))
  }

  async #replay(join: Join, stream: string, cursor: string | null): Promise<Replay | undefined> {
    join.expires = Date.now() + patience
    this.#deadlines.add(join)
    try {
      return await join.question(async (deadline) => this.#parts.engine.since(stream, cursor, deadline))
    } catch (error) {
      warn(`history of "${stream}" could not be read: ${error instanceof Error ? error.message : error}`)
      return undefined
    } finally {
      this.#deadlines.remove(join)
    }
  }
}

// What was held back, but for what an earlier replay held already.
function notSeen(connection: Connection, audience: Audience, held: readonly Positioned[]): readonly Positioned[] {
  const seen = audience.ahead?.get(connection)
  return seen === undefined ? held : held.filter(({ position }) => position > seen)
}

function framesFor(connection: Connection, audience: Audience, messages: readonly Positioned[]): Buffer[] {
  return audience.frames(messages.filter(({ exclude }) => exclude === undefined || exclude !== connection.id))
}
