// The revocations that have an end, as the log tells of them: each mark names those that hold, so that they outlive the signals.

import type { Revocation, Signal } from '../engine'
import { forgetOldest } from '../oldest'
import { keyOf, Revoked } from '../revoked'
import type { Mark } from './entry'

/** How much of a mark they may take, bytes of JSON; and those that were undone. */
const most = 500_000
const mostUndone = 200_000
/** How many that were undone are remembered. */
const kept = 1_000

/** What a revocation is about. */
interface About {
  readonly stream: string
  readonly subject: string
}

interface Undone extends About {
  /** 0 in a log before this one. */
  readonly sequence: number
  /** When it would have ended, ms since 1970. */
  readonly until: number
}

/** What this process knows of them. */
export class Refused {
  readonly #revoked = new Revoked()
  /** The sequences at which they were said last; 0 in a log before this one. */
  readonly #at = new Map<string, number>()
  /** A mark may have been written by somebody who had not read that they were undone. */
  readonly #undone = new Map<string, Undone>()
  /** What the hub knew when the log was left: it does not hear of what is said until it is followed again. */
  #left: readonly Revocation[] = []
  /** What a mark may have, bytes. */
  room = Number.POSITIVE_INFINITY

  /** Takes a signal of the log. */
  note(signal: Signal, sequence: number): void {
    if (signal.type === 'revoke' && signal.until !== undefined) this.#hold(signal, sequence)
    if (signal.type !== 'restore') return
    this.#undo(signal, sequence)
  }

  /** A signal that did not reach the log: what was undone here is not said again. */
  unsaid(signal: Signal): void {
    // Its end is kept: once the undo is said again and read, marks have to name it.
    if (signal.type === 'restore') this.#undo(signal, this.#undone.get(keyOf(signal))?.sequence ?? 0)
  }

  /** Takes those that a mark names. Returns those that were not known, and signals of those that were undone unnoticed. */
  take({ revoked = [], at = [], read = 0, undone = [] }: Mark): {
    readonly unknown: readonly Revocation[]
    readonly restored: readonly Signal[]
  } {
    const before = this.now()
    const known = new Set(before.map(keyOf))
    for (const [index, each] of revoked.entries()) {
      // A mark of an older release says only what its writer had read.
      const said = at[index] ?? read + 1
      if ((this.#undone.get(keyOf(each))?.sequence ?? -1) < said) this.#hold(each, at[index] ?? 0)
    }
    for (const [stream, subject, sequence, until] of undone) {
      const key = keyOf({ stream, subject })
      const last = Math.max(this.#at.get(key) ?? -1, this.#undone.get(key)?.sequence ?? -1)
      if (last < sequence) this.#undo({ stream, subject }, sequence, until)
    }
    return { unknown: this.now().filter((each) => !known.has(keyOf(each))), restored: this.#undoneOf(before) }
  }

  /** The log is not followed any more. */
  leave(): void {
    this.#left = [...this.#left, ...this.now()]
  }

  /** It is followed again: what is to be handed on so that the hub knows what holds. */
  follow(): readonly Signal[] {
    const left = this.#left
    this.#left = []
    return [...this.now(), ...this.#undoneOf(left)]
  }

  /** The log is another one: sequences of the one before say nothing in it. */
  moved(): void {
    for (const key of this.#at.keys()) this.#at.set(key, 0)
    for (const [key, each] of this.#undone) this.#undone.set(key, { ...each, sequence: 0 })
  }

  /** Those that hold now. */
  now(): Revocation[] {
    return this.#revoked.now()
  }

  /** Whether a mark does not name all that it would name here. */
  lacks({ revoked = [] }: Mark): boolean {
    const named = new Set(revoked.map(keyOf))
    return this.said(0).revoked?.some((each) => !named.has(keyOf(each))) ?? false
  }

  /** What a mark says of them, by somebody who has read the log up to this sequence: those that end last, if they are too many. */
  said(read: number): Pick<Mark, 'revoked' | 'at' | 'read' | 'undone'> {
    const now = this.now()
    const holds = new Set(now.map(keyOf))
    for (const each of this.#at.keys()) if (!holds.has(each)) this.#at.delete(each)
    const revoked = within(
      Math.min(most, this.room / 2),
      now.sort((one, other) => (other.until ?? 0) - (one.until ?? 0)),
    )
    const undone = within(
      Math.min(mostUndone, this.room / 4),
      [...this.#undone.values()]
        .filter(({ until, sequence }) => sequence > 0 && until > Date.now())
        .map(({ stream, subject, sequence, until }) => [stream, subject, sequence, until] as const)
        .reverse(),
    )
    return {
      ...(revoked.length > 0 && { revoked, at: revoked.map((each) => this.#at.get(keyOf(each)) ?? 0), read }),
      ...(undone.length > 0 && { undone }),
    }
  }

  // When it ends, or would have, had it not been undone.
  #endOf(about: About): number {
    const key = keyOf(about)
    return this.now().find((each) => keyOf(each) === key)?.until ?? this.#undone.get(key)?.until ?? 0
  }

  #undoneOf(before: readonly Revocation[]): Signal[] {
    const holds = new Set(this.now().map(keyOf))
    return before
      .filter((each) => !holds.has(keyOf(each)))
      .map(({ stream, subject }) => ({ type: 'restore', stream, subject }))
  }

  #hold(revocation: Revocation, sequence: number): void {
    const key = keyOf(revocation)
    this.#revoked.note(revocation)
    this.#at.set(key, Math.max(sequence, this.#at.get(key) ?? 0))
  }

  #undo({ stream, subject }: About, sequence: number, until = this.#endOf({ stream, subject })): void {
    const key = keyOf({ stream, subject })
    this.#revoked.note({ type: 'restore', stream, subject })
    this.#at.delete(key)
    this.#undone.delete(key)
    this.#undone.set(key, { stream, subject, sequence, until })
    forgetOldest(this.#undone, kept)
  }
}

// The first ones that have room.
function within<Item>(bytes: number, items: readonly Item[]): Item[] {
  let size = 0
  return items.filter((each) => {
    size += JSON.stringify(each).length
    return size <= bytes
  })
}
