// Follows the log. It goes on where it was after each interruption if what it has seen is still there, and notices anything that is
// missing: sequences have no holes, and each entry has a tag like no other's.

import { randomBytes } from 'node:crypto'
import { logger } from '../../log'
import type { Delivery } from '../delivery'
import type { Positioned, Signal } from '../engine'
import type { Book } from './book'
import { patience } from './connection'
import { type Entry, endOf, type Mark, nothing } from './entry'
import { Late } from './late'
import type { Log, LogLimits, Standing } from './log'
import { Marks } from './marks'
import { Onward } from './onward'
import { Reach } from './reach'
import { Refused } from './refused'
import { Reminder } from './reminder'

const debug = logger('nats')

export interface TailParts {
  readonly delivery: Delivery
  /** A book that knows nothing of what was until this position. */
  readonly book: (after: number) => Book
  readonly limits: () => LogLimits
  /** The connection is no good: another one is needed. */
  readonly reset: (error: Error) => void
}

interface Place {
  readonly created: string
  readonly sequence: number
  readonly tag: string
}

/** How often the log is looked at, ms. */
const pace = 1_000

/** Reads the log of one process. */
export class Tail {
  readonly #parts: TailParts
  readonly #reach = new Reach()
  #book: Book
  /** The last entry that was read. */
  #place: Place | undefined
  readonly #marks = new Marks()
  readonly #onward: Onward
  /** The revocations with an end. */
  readonly refused = new Refused()
  /** What came too late to be taken. */
  readonly late = new Late()
  readonly #reminder: Reminder
  /** The log on the connection of now. */
  #log: Log | undefined
  #unfollow: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(parts: TailParts) {
    this.#parts = parts
    this.#book = parts.book(0)
    this.#onward = new Onward(parts.delivery, () => this.late.clockAt(performance.now()) ?? Date.now())
    this.#reminder = new Reminder({
      marks: this.#marks,
      limits: parts.limits,
      beside: () => this.refused.said(this.#reach.sequence),
    })
  }

  /** What this process has read. */
  get book(): Book {
    return this.#book
  }

  /** The last entry that was read. */
  get sequence(): number {
    return this.#reach.sequence
  }

  /** Goes on, or begins, on a new connection. Resolves when everything that was there has been read. */
  async open(log: Log): Promise<void> {
    this.close()
    this.#log = log
    this.late.forgetClock()
    this.refused.room = log.mostBytes
    const standing = await log.look()
    if (this.#place) this.#judge(this.#place, standing, log.server)
    const { created, first, last } = standing
    if (!this.#place) {
      this.#book.stop()
      this.#book = this.#parts.book(endOf(first - 1))
      this.#reach.at(first - 1)
      this.#onward.after(last)
    }
    let proven = this.#place === undefined
    const from = this.#place?.sequence ?? first
    const unfollow = await log.follow(from, (entry, sequence, written, bytes) => {
      if (this.#log !== log) return
      const { tag = '' } = entry ?? {}
      if (!proven) {
        proven = this.#place?.sequence === sequence && this.#place.tag === tag
        if (proven) return
        this.#fork('the log holds other entries')
        return this.#parts.reset(new Error('the log is another one'))
      }
      if (sequence <= this.#reach.sequence) return
      if (sequence !== this.#reach.sequence + 1 && !this.#skip(sequence - 1)) return
      this.#place = { created, sequence, tag }
      this.#take(this.late.take(entry, sequence, written) ? undefined : entry, sequence, written)
      this.#marks.wrote(written, bytes)
      if (sequence > last) this.late.wrote(written)
      this.#reach.at(sequence)
      // The connection is judged by the next look.
      if (this.#isDue()) void this.#reminder.remind(log, first).catch(() => {})
    })
    if (this.#log !== log) return unfollow()
    this.#unfollow = unfollow
    await this.#settle(log)
    this.#timer = setInterval(() => void this.#look(log, created), pace)
    this.#timer.unref()
  }

  /** Reads no more. What was seen stays known. */
  close(): void {
    this.#log = undefined
    this.#unfollow?.()
    this.#unfollow = undefined
    clearInterval(this.#timer)
    this.#reach.fail(new Error('the connection ended'))
  }

  /** Resolves when everything that is in the log now has been read. */
  async sync(): Promise<void> {
    if (this.#log) await this.#reach.until((await this.#log.look()).last, patience)
  }

  /** Ends its timers. */
  stop(): void {
    this.close()
    this.#book.stop()
  }

  #judge(place: Place, { created, first, last }: Standing, server: string): void {
    if (created !== place.created) this.#leave('it is another stream', true)
    else if (last < place.sequence) this.#fork('it holds less than was seen')
    else if (this.#marks.held?.server !== server) this.#leave('it is another server')
    else if (place.sequence < first) this.#leave('it was trimmed past what was seen')
  }

  // Reads all there is, and on until it is clear which history this is.
  async #settle(log: Log): Promise<void> {
    // What is written now comes behind all there was, also where the newest of that is gone, and tells the server's time.
    let behind = await log.append(nothing())
    for (;;) {
      await this.#reach.until(behind as number, patience)
      const { first } = await log.look()
      if (this.#marks.holds(log.server)) break
      const epoch = randomBytes(6).toString('base64url')
      const mark = { epoch, server: log.server, began: 0, ...this.refused.said(this.#reach.sequence) }
      // Of several who see the need one is first, and the others go by what it says.
      behind = await log.append({ mark }, { after: this.#marks.last(first) })
      behind ??= await log.append(nothing())
    }
    this.#onward.begin((this.#marks.held as Mark).epoch, () => this.refused.follow())
  }

  // Entries up to this sequence are gone. Whoever waits has been told of nothing yet, and begins behind them; others have missed them.
  #skip(sequence: number): boolean {
    if (this.#parts.delivery.epoch !== undefined) {
      this.#leave('entries are missing')
      this.#parts.reset(new Error('the log was trimmed'))
      return false
    }
    this.#book.forgetAll(endOf(sequence))
    this.#onward.skip(sequence)
    this.#marks.skip()
    return true
  }

  #take(entry: Entry | undefined, sequence: number, written: number): void {
    let messages: readonly Positioned[] = []
    let signal: Signal | undefined
    if (entry && 'batch' in entry) {
      messages = this.#book.take(entry.batch, sequence, written, (at) => this.#parts.delivery.cursorAt(at))
    } else if (entry && 'mark' in entry) {
      this.#turn(entry.mark, sequence, written)
    } else if (entry && !this.#book.knows(entry.id ?? '')) {
      signal = entry.signal
      this.refused.note(signal, sequence)
    }
    this.#onward.take({ sequence, written, messages, signal })
  }

  // A mark: another history begins here, or it is still the one that it was.
  #turn(mark: Mark, sequence: number, written: number): void {
    const begins = mark.began === 0 && !(mark.id !== undefined && this.#book.knows(mark.id))
    if (mark.id !== undefined) this.#book.note(mark.id)
    this.#marks.take(mark, begins, sequence, written)
    const { unknown, restored } = this.refused.take(mark)
    for (const each of restored) this.#parts.delivery.kept(each)
    this.#reminder.lacking = this.refused.lacks(mark)
    if (begins) this.#book.forgetAll(endOf(sequence))
    if (begins) this.#onward.turn(mark.epoch, sequence, this.refused.now())
    else this.#onward.tell(unknown)
  }

  // Once a second: is it still the log that it was, does it come through, and does it still say which history it holds.
  async #look(log: Log, created: string): Promise<void> {
    const before = this.#reach.sequence
    try {
      const standing = await log.look()
      if (this.#log !== log) return
      const { sequence } = this.#reach
      // What came while it was asked is not in the answer.
      if (standing.created !== created || standing.last < before) throw new Error('the log is another one')
      if (standing.last > sequence && sequence === before) {
        // What is there does not come.
        await this.#reach.until(standing.last, 2 * pace)
      }
      if (this.#isDue()) await this.#reminder.remind(log, standing.first)
    } catch (error) {
      if (this.#log === log) this.#parts.reset(error as Error)
    }
  }

  #isDue(): boolean {
    return this.#parts.delivery.epoch !== undefined && this.#reminder.isDue
  }

  #fork(why: string): void {
    this.#leave(why, true)
    this.#marks.fork()
  }

  // Whatever was seen is not gone on from. In another log its sequences say nothing.
  #leave(why: string, another = false): void {
    debug('%s, after %d', why, this.#place?.sequence)
    this.#place = undefined
    this.#marks.forget()
    this.refused.leave()
    if (another) {
      this.refused.moved()
      this.late.moved()
    }
    this.#parts.delivery.lost()
  }
}
