// Answers a subscribe with a cursor so that the client misses nothing: live messages are held back, the history is replayed, and
// only then is the connection served. This is gapless also if the engine answers late. If it answers too late, or too much comes
// meanwhile, there is a gap, and the answer says so.

import type { Engine, Positioned, Replay } from '../engine/engine'
import { warn } from '../log'
import type { Audience } from './audience'
import type { Connection } from './connection'
import { Expiry } from './expiry'
import { type Ask, Join } from './join'
import type { Subscription, Subscriptions } from './subscriptions'

/** How long an engine may take to answer, ms. */
const patience = 10_000

/** What `Replays` works with. */
export interface ReplayParts {
  readonly engine: Engine
  readonly subscriptions: Subscriptions
  /** The last broadcast that the engine has delivered to this process. */
  readonly progress: () => { readonly position: number; readonly cursor: string }
  /** How much may be held back for one connection and stream, bytes. */
  readonly pendingBytes: number
  /** Pages with a gap refresh themselves at a random moment within so many ms. */
  readonly refreshSpread: number
}

/** Runs the replays of a process. */
export class Replays {
  readonly #parts: ReplayParts
  readonly #deadlines = new Expiry<Join>((join) => join.fail())

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  /** True while messages of any of the connection's streams are held back. */
  underWay(connection: Connection): boolean {
    for (const { audience } of this.#parts.subscriptions.of(connection).values()) {
      if (audience.joining?.has(connection)) return true
    }
    return false
  }

  /** Begins to answer a subscribe with a cursor. `served` says that another audience served the connection until now. */
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

  /** Ends the watch over the engine's time to answer. */
  stop(): void {
    this.#deadlines.stop()
  }

  // The client may subscribe to the stream again meanwhile, under this or another name: each ask is answered in its turn.
  async #run(join: Join, { connection, audience, topic }: Subscription): Promise<void> {
    for (let ask = join.next(); ask; ask = join.next()) {
      const replay = await this.#replay(join, topic.name, ask.cursor)
      if (join.abandoned) return
      // The later asks fail too: they wait for the same engine, or miss the same messages.
      if (join.failed) for (const each of join.failAll()) this.#answer(join, each, undefined)
      else if (join.answered(ask)) this.#answer(join, ask, replay)
    }
    // Something may still be held, if the client has taken its last ask back.
    const released = join.release()
    // If some of that was dropped, no answer is left to say so. The client is sent away, and comes back with its cursor.
    if (!released) connection.overflow()
    const held = notSeen(connection, audience, released ?? [])
    if (held.length > 0) connection.write(Buffer.concat(framesFor(connection, audience, held)))
    // That write may have been too much for the client, which has left then.
    if (!join.abandoned) topic.serve(audience, connection)
  }

  // Without a replay nobody knows what the client missed. That is a gap, not a refusal.
  #answer(join: Join, { subscription, cursor: asked }: Ask, replay: Replay | undefined): void {
    const { connection, audience, address, topic } = subscription
    const progress = this.#parts.progress()
    const { recovered, position, cursor, messages } = replay ?? { recovered: false, ...progress, messages: [] }
    const held = notSeen(connection, audience, join.release() ?? [])
    const replayed = recovered && asked !== null
    // A connection that was served before must get everything that was held, also if nothing is replayed.
    const goesOn = join.served && !replayed
    join.served = true
    const before = goesOn ? held.filter((message) => message.position <= position) : []
    const after = [...messages, ...held.filter((message) => message.position > position)]
    // The replay may have messages that the engine has yet to deliver to this process.
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

// The held messages that no earlier replay had.
function notSeen(connection: Connection, audience: Audience, held: readonly Positioned[]): readonly Positioned[] {
  const seen = audience.ahead?.get(connection)
  return seen === undefined ? held : held.filter(({ position }) => position > seen)
}

function framesFor(connection: Connection, audience: Audience, messages: readonly Positioned[]): Buffer[] {
  return audience.frames(messages.filter(({ exclude }) => exclude === undefined || exclude !== connection.id))
}
