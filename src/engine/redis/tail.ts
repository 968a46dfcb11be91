// Follows the log of Redis on a connection of its own. It goes on where it was after each interruption, and notices anything
// that is missing: each entry names the one before it.

import { logger } from '../../log'
import type { Delivery } from '../delivery'
import type { EngineDelegate, Positioned, Revocation, Signal } from '../engine'
import { keyOf, Revoked } from '../revoked'
import type { Link, Seen } from './link'

const debug = logger('redis')

/** How long one read waits for something new, ms. After it, the tail has a look at whether all is as it was. */
const block = 1_000

/** How many entries one read takes. */
const most = 500

/** The age of what Redis keeps beside the log. */
const unknown = Number.POSITIVE_INFINITY

type Entry = readonly [id: string, fields: readonly string[]]

export interface TailParts {
  readonly delivery: Delivery
  /** What a look says that the history is to keep, the first one or a later one. */
  readonly bounds: (first: boolean) => readonly string[]
  /** Called when it knows where the log is. */
  readonly began: () => void
  /** Tells Redis of revocations that hold and that it has lost. */
  readonly sayAgain: (revocations: readonly Revocation[]) => Promise<void>
}

/** Reads the log of one process. */
export class Tail {
  readonly #parts: TailParts
  readonly #delivery: Delivery
  #seen: Seen | undefined
  /** What comes next does not follow from it. */
  #broken = false
  #owesRevoked = false
  /** The revocations with an end, as the log tells of them. */
  readonly #revoked = new Revoked()
  /** Another history may be another Redis, which knows of none. */
  #mayLack = false
  /** Entries of this history were missed: some may have undone what is known here. */
  #mayHaveMissed = false
  readonly #made = performance.now()
  /** It began in the middle of a log: who was taken out before that, since this time of `performance.now()`, may be here. */
  #missedSince: number | undefined
  /** What it knows of, at an entry that may not have been read yet. */
  #known: { readonly id: string; readonly names: ReadonlySet<string> } | undefined

  constructor(parts: TailParts) {
    this.#parts = parts
    this.#delivery = parts.delivery
  }

  /** The last entry that was handed on. */
  get seen(): Seen | undefined {
    return this.#seen
  }

  /** Has a look at where the log is. The first look is where the tail begins; later ones must agree with what it has seen. */
  async look(link: Link): Promise<void> {
    const { seen, rest } = await link.run('look', ...this.#parts.bounds(!this.#seen))
    if (this.#broken) this.moveTo(seen, 'an entry does not follow')
    else if (!this.#seen) this.#beginFirst(seen, rest[0] as readonly string[])
    else if (seen.epoch !== this.#seen.epoch) this.moveTo(seen, 'another history has begun')
    if (this.#missedSince !== undefined && this.#seen) await this.#hear(link, this.#seen, this.#missedSince)
    // It has been moved to another history meanwhile, of which this look says nothing.
    if (this.#seen?.epoch !== seen.epoch) return
    if (this.#owesRevoked) this.#handOn(rest[0] as readonly string[], seen.id)
    this.#compare()
  }

  // What the log holds of them up to where it is followed from, oldest first. A second time they change nothing: where the connection
  // ends before the last of them, all are read again on the next one.
  async #hear(link: Link, upTo: Seen, since: number): Promise<void> {
    for (let from = '-'; ; ) {
      const command = ['XRANGE', link.log, from, upTo.id, 'COUNT', String(most)]
      const entries = (await link.send(command)) as readonly Entry[]
      if (this.#seen?.epoch !== upTo.epoch) return
      for (const [, [, stream = '', , json = '', , , , , , , , at]] of entries) {
        if (stream !== '') continue
        const signal = JSON.parse(json) as Signal
        const age = link.since(Number(at))
        if (performance.now() - age < since) continue
        if (signal.type === 'disconnect') this.#signal({ ...signal, ago: age + (signal.ago ?? 0) }, 0)
        else if (signal.type === 'revoke' || signal.type === 'restore') this.#signal(signal, age)
      }
      const last = entries.at(-1)
      if (entries.length < most || !last) {
        this.#missedSince = undefined
        return
      }
      from = `(${last[0]}`
    }
  }

  /** Tells one cable more of the revocations that hold, as far as is known: it has heard no signals of them. */
  tell(to: EngineDelegate): void {
    for (const each of this.#revoked.now()) to.signalled(each, unknown)
  }

  /** A signal that did not reach Redis: what was undone here is not said again. */
  unsaid(signal: Signal): void {
    if (signal.type === 'restore') this.#revoked.note(signal)
  }

  #handOn(revoked: readonly string[], id: string): void {
    this.#owesRevoked = false
    const names = new Set<string>()
    for (let at = 0; at < revoked.length; at += 2) {
      const name = revoked[at] as string
      const [stream, subject] = JSON.parse(name) as [string, string]
      names.add(name)
      this.#signal({ type: 'revoke', stream, subject, until: Number(revoked[at + 1]) }, unknown)
    }
    if (this.#mayLack) this.#known = { id, names }
    else if (this.#mayHaveMissed) this.#undo(names)
    this.#mayLack = false
    this.#mayHaveMissed = false
  }

  // What Redis, which has lost nothing, does not name any more was undone.
  #undo(names: ReadonlySet<string>): void {
    for (const { stream, subject } of this.#notIn(names)) this.#signal({ type: 'restore', stream, subject }, unknown)
  }

  #notIn(names: ReadonlySet<string>): readonly Revocation[] {
    return this.#revoked.again().filter((each) => !names.has(keyOf(each)))
  }

  // One that was undone before that entry is not said again: it has been read that far.
  #compare(): void {
    if (!this.#known || !this.#seen || isBefore(this.#seen.id, this.#known.id)) return
    const { names } = this.#known
    this.#known = undefined
    const lost = this.#notIn(names)
    if (lost.length === 0) return
    this.#parts.sayAgain(lost).catch((error: Error) => {
      debug('revocations are still to be said again: %s', error.message)
      this.#mayLack = true
      this.#owesRevoked = true
    })
  }

  #signal(signal: Signal, age: number): void {
    this.#revoked.note(signal, age)
    this.#delivery.signalled(signal, age)
  }

  /**
   * Goes on from another place: what is between is lost, and whoever is here is told. In one step, so that nobody can come in
   * between who is neither told nor handed what is sent then.
   */
  moveTo(seen: Seen, why: string): void {
    debug('%s, after %s', why, this.#seen?.id)
    this.#delivery.lost()
    this.#missedSince = Number.NEGATIVE_INFINITY
    if (seen.epoch === this.#seen?.epoch) this.#mayHaveMissed = true
    else this.#mayLack = true
    this.#begin(seen)
  }

  // Who waits for the start is to know what holds. While Redis was away pages were served.
  #beginFirst(seen: Seen, revoked: readonly string[]): void {
    if (this.#delivery.isAway) this.#missedSince = this.#made
    this.#begin(seen)
    this.#handOn(revoked, seen.id)
  }

  #begin(seen: Seen): void {
    this.#owesRevoked = true
    this.#broken = false
    this.#seen = seen
    this.#delivery.begin(seen.epoch, positionOf(seen.id))
    this.#parts.began()
  }

  /** Reads until the link has no connection any more. */
  async follow(link: Link): Promise<void> {
    while (link.open) {
      const from = this.#seen
      if (!from || this.#broken || this.#owesRevoked) {
        await this.look(link)
        continue
      }
      const command = ['XREAD', 'COUNT', String(most), 'BLOCK', String(block), 'STREAMS', link.log, from.id]
      const answer = (await link.send(command)) as readonly (readonly [string, readonly Entry[]])[] | null
      if (this.#seen !== from) continue
      if (answer?.[0]) this.#take(link, from, answer[0][1])
      else await this.look(link)
    }
  }

  #take(link: Link, from: Seen, entries: readonly Entry[]): void {
    const { epoch } = from
    const at = performance.now()
    let messages: Positioned[] = []
    let seen = from
    for (const [id, fields] of entries) {
      const [, stream = '', , json = '', , exclude, , tag = '', , before, , written] = fields
      if (before !== seen.tag) {
        this.#hand(messages, seen)
        this.#broken = true
        return
      }
      seen = { epoch, id, tag, at: stream === '' ? seen.at : at }
      if (stream !== '') {
        const position = positionOf(id)
        messages.push({
          stream,
          json,
          exclude: exclude || undefined,
          position,
          cursor: this.#delivery.cursorAt(position),
        })
      } else {
        this.#hand(messages, seen)
        messages = []
        this.#signal(JSON.parse(json) as Signal, link.since(Number(written)))
      }
    }
    this.#hand(messages, seen)
  }

  #hand(messages: readonly Positioned[], seen: Seen): void {
    this.#seen = seen
    this.#delivery.delivered(messages)
    this.#compare()
  }
}

function positionOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')))
}

/** Whether an entry comes before another of the same log. */
function isBefore(one: string, other: string): boolean {
  const [position, signals] = one.split('-').map(Number) as [number, number]
  const [otherPosition, otherSignals] = other.split('-').map(Number) as [number, number]
  return position < otherPosition || (position === otherPosition && signals < otherSignals)
}
