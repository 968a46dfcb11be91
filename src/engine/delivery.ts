// How far a log that lives elsewhere has been handed on in this process, to whom, and who waits for that. Made for engines that
// several processes share; it knows nothing of how they are reached.

import { formatCursor, positionIn } from './cursor'
import type { EngineDelegate, Positioned, Signal } from './engine'
import { forgetOldest } from './oldest'

/** How long a broadcast that was taken may need until it is handed on here, ms. */
const patience = 5_000

interface Waiting {
  readonly epoch: string
  readonly position: number
  readonly expires: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Hands on what a shared log brings. */
export class Delivery {
  readonly #delegates = new Set<EngineDelegate>()
  readonly #failed: (reason: string) => Error
  #epoch: string | undefined
  #position = 0
  /** Epochs that this process has left. */
  readonly #left = new Set<string>()
  /** In the order they came, which is that of positions but for a few. */
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  /** Why the log cannot be reached; undefined while it can. */
  #awayFor: string | undefined

  /** `failed` makes the error for a broadcast that is not handed on in time. */
  constructor(failed: (reason: string) => Error) {
    this.#failed = failed
  }

  /** The epoch of what is handed on; undefined while nobody knows. */
  get epoch(): string | undefined {
    return this.#epoch
  }

  /** How many cables listen. */
  get size(): number {
    return this.#delegates.size
  }

  /** Hands on to one cable more. */
  add(to: EngineDelegate): void {
    this.#delegates.add(to)
    if (this.#awayFor !== undefined) to.away?.(this.#awayFor)
  }

  /** Hands on to one cable less; false if it was none. */
  delete(to: EngineDelegate): boolean {
    return this.#delegates.delete(to)
  }

  /** The cursor of the last broadcast that was handed on; undefined while nobody knows. */
  cursor(): string | undefined {
    return this.#epoch === undefined ? undefined : this.cursorAt(this.#position)
  }

  /** The cursor of a position of this epoch. */
  cursorAt(position: number): string {
    return formatCursor(this.#epoch ?? '-', position)
  }

  /** The position in a cursor of this epoch, else undefined. */
  positionIn(cursor: string): number | undefined {
    return this.#epoch === undefined ? undefined : positionIn(this.#epoch, cursor)
  }

  /** Begins at a position. What came before it is not handed on. */
  begin(epoch: string, position: number): void {
    this.#left.delete(epoch)
    this.#epoch = epoch
    this.#position = position
    this.#settle()
  }

  /** Hands broadcasts on, in order of position. */
  delivered(messages: readonly Positioned[]): void {
    const last = messages.at(-1)
    if (!last) return
    this.#position = last.position
    for (const to of this.#delegates) to.delivered(messages)
    this.#settle()
  }

  /** Says that the log has come as far as a position with nothing to hand on. */
  passed(position: number): void {
    this.#position = position
    this.#settle()
  }

  /** Hands a signal on, which the log has had for `age` ms. */
  signalled(signal: Signal, age = 0): void {
    for (const to of this.#delegates) to.signalled(signal, age)
  }

  /** Hands on what is kept beside the log, of which nobody knows when it was said. */
  kept(signal: Signal): void {
    this.signalled(signal, Number.POSITIVE_INFINITY)
  }

  /** Says that something was not handed on, and never will be. Until `begin` nobody knows where the log is. */
  lost(): void {
    if (this.#epoch === undefined) return
    this.#left.add(this.#epoch)
    forgetOldest(this.#left, 100)
    this.#epoch = undefined
    for (const to of this.#delegates) to.lost()
  }

  /** The log cannot be reached. */
  away(reason: string): void {
    this.#awayFor = reason
    for (const to of this.#delegates) to.away?.(reason)
  }

  /** The log can be reached again. */
  back(): void {
    this.#awayFor = undefined
    for (const to of this.#delegates) to.back?.()
  }

  /** Whether the log cannot be reached. */
  get isAway(): boolean {
    return this.#awayFor !== undefined
  }

  /** Whether an epoch is another than the one that is handed on, and none that was left before. */
  isNew(epoch: string): boolean {
    return this.#epoch !== undefined && epoch !== this.#epoch && !this.#left.has(epoch)
  }

  /** Resolves when a position was handed on, or everybody here was told that it was not. Rejects when that takes too long. */
  until(epoch: string, position: number): Promise<void> {
    // Nobody listens here, so nothing is handed on.
    if (this.#delegates.size === 0 || (epoch === this.#epoch && position <= this.#position)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ epoch, position, expires: performance.now() + patience, resolve, reject })
      this.#watch()
    })
  }

  /** Nothing is handed on any more. */
  stop(): void {
    this.#epoch = undefined
    this.#awayFor = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failed('the engine was stopped'))
  }

  #settle(): void {
    const epoch = this.#epoch
    // One that is not due yet is nearly always followed by others that are not.
    while (this.#waiting.length > 0) {
      const due = this.#waiting.findIndex((each) => each.epoch !== epoch || each.position > this.#position)
      const done = this.#waiting.splice(0, due === -1 ? this.#waiting.length : due)
      for (const { resolve } of done) resolve()
      const [first] = this.#waiting
      if (!first || first.epoch === epoch) return
      // Another history has begun, or begins: those who are here are told of a gap, so nobody is left behind without a word.
      if (!this.#left.has(first.epoch)) return
      this.#waiting.shift()
      first.reject(this.#failed('the history began anew meanwhile'))
    }
  }

  #watch(): void {
    const [first] = this.#waiting
    if (!first || this.#timer) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        const now = performance.now()
        const late = this.#waiting.filter(({ expires }) => expires <= now)
        this.#waiting = this.#waiting.filter(({ expires }) => expires > now)
        for (const { reject } of late) reject(this.#failed('it was taken, but did not come back in time'))
        this.#watch()
      },
      Math.max(1, first.expires - performance.now()),
    )
  }
}
