// How broadcasts and signals come into the log: what comes in one round as one message. Once their sender has been told that they were not sent they are not taken any
// more: others may have sent what is newer.

import { randomUUID } from 'node:crypto'
import { isUsableId } from '../../options/limits'
import type { Outgoing, Signal } from '../engine'
import { GivenUp } from '../given-up'
import { Rounds, textOf } from '../rounds'
import { patience, tooLarge, unreachable } from './connection'
import { mostInBatch, type Said } from './entry'
import type { Link } from './link'
import type { Tail } from './tail'

/** How many bytes the name of one that was given up takes. */
const bytesOfName = 40

/** The most bytes of one UTF-16 unit. */
const bytesOfOne = 3

export interface PublishingParts {
  readonly link: () => Link
  /** Undefined where nobody here reads the log. */
  readonly tail: () => Tail | undefined
  /** Resolves when an entry was handed on here, or nobody is there to be handed it. */
  readonly handedOn: (sequence: number) => Promise<void>
  /** The clock of a test, ms. */
  readonly now: (() => number) | undefined
}

interface Group {
  readonly broadcasts: readonly Outgoing[]
  readonly givenUp: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Writes to the log of one process. */
export class Publishing {
  readonly #parts: PublishingParts
  readonly #rounds: Rounds<Group>
  #givenUp = new GivenUp((ids) => this.#tell(ids))

  constructor(parts: PublishingParts) {
    this.#parts = parts
    const bounds = { broadcasts: mostInBatch, text: () => (parts.link().log?.mostBytes ?? 0) / bytesOfOne }
    this.#rounds = new Rounds(bounds, (groups) => void this.#send(groups))
  }

  /** Writes broadcasts: all of them or none. Resolves once they were handed on here. */
  async add(broadcasts: readonly Outgoing[], id: string | undefined, givenUp: readonly string[]): Promise<void> {
    if (broadcasts.length > mostInBatch) {
      throw tooLarge(`one batch holds at most ${mostInBatch} broadcasts, this one has ${broadcasts.length}`)
    }
    if (!isUsableId(id)) {
      return new Promise((resolve, reject) => {
        this.#rounds.add({ broadcasts, givenUp, resolve, reject })
      })
    }
    this.#rounds.flush()
    // The first attempt of another sender came too late. NATS takes this one for the same, unless it has another name.
    const taken = (await this.#write(broadcasts, givenUp, id)) || (await this.#write(broadcasts, givenUp, id, ' again'))
    if (!taken) throw tooLate()
  }

  /** Writes a signal. `failed` is called as soon as it is not taken; the promise rejects when it cannot come any more. */
  async say(signal: Signal, failed: () => void): Promise<void> {
    let over: Promise<void> | undefined
    this.#rounds.flush()
    const id = randomUUID()
    try {
      const taken = await this.#inTime({ signal, id }, 0, async (till) => {
        over = this.#givenUp.add([id], till)
      })
      if (!taken) throw tooLate()
    } catch (error) {
      failed()
      await over
      throw error
    }
  }

  /** Nobody waits any more for what was given up. */
  stop(): void {
    this.#givenUp.stop()
    this.#givenUp = new GivenUp((ids) => this.#tell(ids))
  }

  // They are taken or refused together.
  async #send(groups: readonly Group[]): Promise<void> {
    const broadcasts = groups.flatMap((group) => group.broadcasts)
    const givenUp = groups.flatMap((group) => group.givenUp)
    try {
      if (!(await this.#write(broadcasts, givenUp))) throw tooLate()
      for (const { resolve } of groups) resolve()
    } catch (error) {
      for (const { reject } of groups) reject(error)
    }
  }

  // False as below. Who chose the id may try again.
  async #write(
    broadcasts: readonly Outgoing[],
    givenUp: readonly string[],
    named?: string,
    suffix = '',
  ): Promise<boolean> {
    const mentioned = this.#mentioned(broadcasts)
    const id = named ?? randomUUID()
    const isNamed = named !== undefined
    const batch = { broadcasts, id, named: isNamed, givenUp: [...givenUp, ...mentioned], at: this.#parts.now?.() }
    const cut = async (till: number | undefined) => isNamed || this.#givenUp.add([id], till)
    const taken = await this.#inTime({ batch }, textOf(broadcasts), cut, id + suffix)
    this.#givenUp.told(mentioned)
    return taken
  }

  // Only where there is room: they are told by themselves too.
  #mentioned(broadcasts: readonly Outgoing[]): readonly string[] {
    const { ids } = this.#givenUp
    const room = (this.#parts.link().log?.mostBytes ?? 0) - textOf(broadcasts) * bytesOfOne
    return ids.length * bytesOfName < room / 2 ? ids : []
  }

  // False where it is in the log, but came too late to be taken. `cut` is called where the connection has ended without an answer,
  // with the time from which on it is not taken.
  async #inTime(
    said: Said,
    size: number,
    cut: (till: number | undefined) => Promise<unknown>,
    id?: string,
  ): Promise<boolean> {
    const { link: linkOf, tail, now, handedOn } = this.#parts
    const link = linkOf()
    await link.ready()
    const given = performance.now() + patience
    // Who does not read the log knows nothing of the server's clock, and would not know that it came too late.
    const till = now ? undefined : tail()?.late.clockAt(given)
    const own = id === undefined ? {} : { id: messageId(id) }
    let sequence: number | undefined
    try {
      sequence = await link.append({ ...said, till }, size, own)
    } catch (error) {
      // That the connection has ended may be heard a moment after the error; where it has not, NATS has answered.
      await new Promise(setImmediate)
      if (!link.log) await cut(till && given)
      throw error
    }
    await handedOn(sequence as number)
    return !tail()?.late.has(sequence as number)
  }

  async #tell(givenUp: readonly string[]): Promise<void> {
    const batch = { broadcasts: [], id: '', named: false, givenUp }
    await this.#parts.link().append({ batch }, 0)
  }
}

function tooLate(): Error {
  return unreachable(new Error('it got there too late'))
}

/** Any text, as a header can hold it. */
export function messageId(id: string): string {
  return Buffer.from(id).toString('base64url')
}
