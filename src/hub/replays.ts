// Answers a subscribe with a cursor so that the client misses nothing: live messages are held back, the history is replayed, and
// only then is the connection served. This is gapless also if the engine answers late. If it answers too late, or too much comes
// meanwhile, there is a gap, and the answer says so.

import { tell } from '../diagnostics'
import type { Engine, Positioned, Replay } from '../engine/engine'
import { cutOff, logger, reasonOf, warnSeldom } from '../log'
import type { ResolvedOptions } from '../options/options'
import type { Audience } from './audience'
import type { Connection } from './connection'
import { Expiry } from './expiry'
import { type Ask, Join } from './join'
import { KeptPayloads } from './kept-payloads'
import type { Reply } from './reply'
import { spreadWindow } from './spread'
import type { Subscription, Subscriptions } from './subscriptions'

const debug = logger('hub')

/** How long an engine may take to answer, ms. */
const patience = 10_000

/** How long a client may take over one piece of a replay, ms. */
const patienceWithReader = 30_000

/** What is written at once; the next piece follows when the network has taken this one, bytes. */
const pieceBytes = 65_536

/** So much of a replay costs a client as much as one message of its own, bytes. */
const bytesPerMessage = 65_536

/** What is to be written: bytes, or a message, which becomes bytes when it is written. */
type Part = Buffer | Positioned

export interface ReplayParts {
  readonly engine: Engine
  readonly subscriptions: Subscriptions
  /** The last broadcast that the engine has delivered to this process. */
  readonly progress: () => { readonly position: number; readonly cursor: string }
  /** `pendingBytes`: how much may be held back for one connection and stream. */
  readonly limits: Pick<ResolvedOptions['limits'], 'pendingBytes' | 'refreshesPerSecond'>
  /** Pages with a gap refresh themselves at a random moment within so many ms; of many pages, within as many as they need. */
  readonly refreshSpread: number
  /** Tells a connection its position, if its protocol wants that. */
  readonly tellPosition: (connection: Connection) => void
}

/** Runs the replays of a process. */
export class Replays {
  readonly #parts: ReplayParts
  readonly #payloads = new KeptPayloads()
  // While the engine is away, each page that comes back has this.
  readonly #sayUnread = warnSeldom(debug)
  readonly #deadlines = new Expiry<Join>((join) => join.late())

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  /** True while messages of any of the connection's streams are held back. */
  underWay(connection: Connection): boolean {
    for (const { audience } of this.#parts.subscriptions.each(connection)) {
      if (audience.joining?.has(connection)) return true
    }
    return false
  }

  /**
   * Begins to answer a subscribe with a cursor. `served` says that another audience served the connection until now. `reply` is
   * given where the answer is about more than this one, or no confirmation.
   */
  start(subscription: Subscription, cursor: string | null, served: boolean, reply?: Reply): void {
    const { audience, connection, topic } = subscription
    const known = audience.joining?.get(connection)
    const join = known instanceof Join ? known : new Join(this.#parts.limits.pendingBytes)
    join.ask({ subscription, cursor, reply })
    const joined = join !== known
    const member = joined && topic.join(audience, connection, join)
    join.served ||= member || served
    if (joined) void this.#run(join, subscription)
  }

  /** Ends the watch over the engine's time to answer. */
  stop(): void {
    this.#deadlines.stop()
  }

  // What is asked for meanwhile, by this or another name of the stream, is answered in its turn. The connection is served in
  // the very moment that nothing is held back for it any more, so nothing is waited for that need not be.
  async #run(join: Join, subscription: Subscription): Promise<void> {
    const { connection, audience, topic } = subscription
    for (let ask = join.next(); ; ask = join.next()) {
      let writing: Promise<void> | undefined
      if (ask) {
        const replay = await this.#replay(join, topic.name, ask.cursor)
        if (join.abandoned) return
        // Who asked later has waited as long for the same engine, or is missing the same messages.
        writing = join.failed ? this.#answer(join, join.failAll()) : this.#answer(join, join.take(ask), replay)
      } else {
        const held = join.release()
        if (held?.length === 0) break
        // Where some of it is gone, there is no answer left to say so: the client comes back with its cursor.
        if (!held) connection.overflow()
        writing = this.#write(join, connection, audience, held ? this.#wanted(connection, audience, held) : [])
      }
      if (writing) await writing
      if (join.abandoned) return
    }
    this.#parts.subscriptions.serve(subscription)
    this.#parts.tellPosition(connection)
  }

  // Without a replay nobody knows what was missed: that is a gap, not an error of the client's.
  #answer(join: Join, asks: readonly Ask[], replay?: Replay): Promise<void> | undefined {
    const [first] = asks
    if (!first) return undefined
    const { connection, audience, topic } = first.subscription
    const progress = this.#parts.progress()
    const { recovered, position, cursor, messages } = replay ?? { recovered: false, ...progress, messages: [] }
    const held = join.release() ?? []
    const replayed = recovered && first.cursor !== null
    // Who was served before goes on being served: an answer that replays nothing must not swallow what was held.
    const goesOn = join.served && !replayed
    join.served = true
    const early = held.filter((message) => message.position <= position)
    const parts: Part[] = goesOn ? this.#wanted(connection, audience, early) : []
    const refresh = recovered ? undefined : this.#spread(topic.size)
    for (const { subscription, reply } of asks) {
      if (reply && !reply.confirms()) continue
      const { address } = subscription
      parts.push(
        connection.framed({ type: 'subscribed', address, stream: topic.name, replay: { cursor, recovered, refresh } }),
      )
    }
    const missed = messages.filter((message) => wants(connection, message))
    for (const message of missed) parts.push(message)
    let bytes = this.#bytesOf(audience, missed)
    if (replayed || !recovered) {
      const about = { stream: topic.name, cursor: first.cursor, recovered, messages: missed.length, bytes }
      tell('turbo-cable:replayed', () => ({ ...connection.client, ...about }))
    }
    const late = this.#wanted(
      connection,
      audience,
      held.filter((message) => message.position > position),
    )
    for (const message of late) parts.push(message)
    bytes += this.#bytesOf(audience, late)
    for (const { subscription, cursor: from, reply } of asks) {
      const asked = from !== null || !recovered
      const verdict = reply ? reply.done(recovered, from !== null) : asked ? recovered : undefined
      if (verdict === undefined) continue
      const at = late.at(-1)?.cursor ?? cursor
      parts.push(connection.framed({ type: 'replayed', address: subscription.address, cursor: at, recovered: verdict }))
    }
    // An engine may know of broadcasts that it has yet to hand to this process.
    if (!goesOn && position > progress.position)
      audience.ahead = (audience.ahead ?? new Map()).set(connection, position)
    else if (!goesOn) audience.ahead?.delete(connection)
    if (bytes >= bytesPerMessage && !connection.pay(bytes / bytesPerMessage)) return undefined
    return this.#write(join, connection, audience, parts)
  }

  // Many pages take as long as they need.
  #spread(pages: number): number {
    const { refreshSpread, limits } = this.#parts
    return Math.max(refreshSpread, spreadWindow(pages, limits.refreshesPerSecond))
  }

  async #replay(join: Join, stream: string, cursor: string | null): Promise<Replay | undefined> {
    this.#watch(join, patience, () => join.fail())
    try {
      return await join.question((deadline) => this.#parts.engine.since(stream, cursor, deadline))
    } catch (error) {
      this.#sayUnread(`history of "${cutOff(stream)}" could not be read: ${reasonOf(error)}`)
      return undefined
    } finally {
      this.#deadlines.remove(join)
    }
  }

  // Where one piece is enough, there is nothing to wait for.
  #write(join: Join, connection: Connection, audience: Audience, parts: readonly Part[]): Promise<void> | undefined {
    const pieces = this.#pieces(audience, parts)
    const { value: first } = pieces.next()
    if (!first) return undefined
    if (first.length >= pieceBytes) return this.#writePieces(join, connection, first, pieces)
    connection.write(first)
    return undefined
  }

  // A reader is slow when it makes no progress, not when much waits for it. The next piece is made when this one was taken: what
  // waits for a client that does not read is one piece, however much it has asked for.
  async #writePieces(join: Join, connection: Connection, first: Buffer, rest: Iterator<Buffer>): Promise<void> {
    for (let piece: Buffer | undefined = first; piece; piece = rest.next().value) {
      const whole = piece
      if (whole.length < pieceBytes) return connection.write(whole)
      this.#watch(join, patienceWithReader, () => connection.overflow())
      await new Promise<void>((taken) => connection.write(whole, taken))
      this.#deadlines.remove(join)
      if (join.abandoned) return
    }
  }

  *#pieces(audience: Audience, parts: readonly Part[]): Generator<Buffer, undefined> {
    let piece: Buffer[] = []
    let bytes = 0
    for (const part of parts) {
      const frame = Buffer.isBuffer(part) ? part : audience.frame(part, this.#payloads.of(part))
      piece.push(frame)
      bytes += frame.length
      if (bytes < pieceBytes) continue
      yield joined(piece)
      piece = []
      bytes = 0
    }
    if (piece.length > 0) yield joined(piece)
  }

  // About so many, once they are written: what is around one of them is nearly as much for each.
  #bytesOf(audience: Audience, messages: readonly Positioned[]): number {
    const [first] = messages
    if (!first) return 0
    const lengthOf = (message: Positioned) => this.#payloads.of(message).length
    const around = audience.frame(first).length - lengthOf(first)
    return messages.reduce((sum, message) => sum + lengthOf(message) + around, 0)
  }

  // `late` is called when what is waited for takes longer than `patience` ms, and then brings it to an end.
  #watch(join: Join, patience: number, late: () => void): void {
    join.late = late
    join.expires = Date.now() + patience
    this.#deadlines.add(join)
  }

  // What was held, but for what an earlier replay had already.
  #wanted(connection: Connection, audience: Audience, held: readonly Positioned[]): Positioned[] {
    const seen = audience.ahead?.get(connection) ?? -1
    return held.filter((message) => message.position > seen && wants(connection, message))
  }
}

function wants(connection: Connection, { exclude }: Positioned): boolean {
  return exclude === undefined || exclude !== connection.id
}

function joined(frames: readonly Buffer[]): Buffer {
  return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
}
