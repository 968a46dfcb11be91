// How broadcasts and signals come to Redis: what comes in one round as one script. Each is applied or refused by itself.

import { randomUUID } from 'node:crypto'
import { isUsableId } from '../../options/limits'
import type { Outgoing, Signal } from '../engine'
import { GivenUp } from '../given-up'
import { keyOf } from '../revoked'
import { Rounds } from '../rounds'
import type { Link, Seen } from './link'

/** How much one script takes. */
const bounds = { broadcasts: 256, text: () => 1_048_576 }

/** Where a broadcast is in the log. */
export interface Place {
  readonly epoch: string
  readonly position: number
}

interface Group {
  readonly broadcasts: readonly Outgoing[]
  readonly id: string
  /** Whether its sender knows the id, and may bring it again. */
  readonly known: boolean
  readonly givenUp: readonly string[]
  readonly resolve: (place: Place) => void
  readonly reject: (error: unknown) => void
}

export interface PublishingParts {
  readonly link: () => Link
  readonly bounds: () => string
  /** Called with where the log stands, before anybody is told that a broadcast is in it. */
  readonly met: (seen: Seen) => void
}

/** Brings broadcasts to Redis, in the order in which they come. */
export class Publishing {
  readonly #parts: PublishingParts
  readonly #rounds = new Rounds<Group>(bounds, (groups) => void this.#send(groups))
  #givenUp = new GivenUp((ids) => this.#tell(ids))

  constructor(parts: PublishingParts) {
    this.#parts = parts
  }

  /** Takes the broadcasts of one sender: all of them or none. Resolves to where the last one is. */
  add(broadcasts: readonly Outgoing[], id: string | undefined, givenUp: readonly string[]): Promise<Place> {
    return new Promise((resolve, reject) => {
      const known = isUsableId(id)
      this.#rounds.add({ broadcasts, id: known ? id : randomUUID(), known, givenUp, resolve, reject })
    })
  }

  /** Sends a signal. `failed` is called as soon as it is not sent; the promise rejects when it cannot come any more. */
  async say(signal: Signal, failed?: () => void): Promise<void> {
    const { link: linkOf, bounds, met } = this.#parts
    const link = linkOf()
    this.flush()
    const till = link.till()
    const wasCut = cutting(link)
    const id = randomUUID()
    try {
      const { seen } = await link.runTill(till, 'signal', bounds(), JSON.stringify(signal), ...keptOf(signal), id)
      met(seen)
    } catch (error) {
      failed?.()
      if (await wasCut()) await this.#givenUp.add([id], till)
      throw error
    }
  }

  /** Nobody waits any more for what was given up. */
  stop(): void {
    this.#givenUp.stop()
    this.#givenUp = new GivenUp((ids) => this.#tell(ids))
  }

  /** Sends what has come now: what is sent after this comes after it. */
  flush(): void {
    this.#rounds.flush()
  }

  async #send(groups: readonly Group[]): Promise<void> {
    const { link: linkOf, bounds, met } = this.#parts
    const link = linkOf()
    const named = this.#givenUp.ids
    const old = [...groups.flatMap(({ givenUp }) => givenUp), ...named]
    const flat = groups.flatMap(({ broadcasts, id, known }) => [
      ...[id, known ? '1' : '0', String(broadcasts.length)],
      ...broadcasts.flatMap(({ stream, json, exclude }) => [stream, json, exclude ?? '']),
    ])
    const till = link.till()
    const wasCut = cutting(link)
    try {
      const { seen, rest } = await link.runTill(till, 'publish', bounds(), String(old.length), ...old, ...flat)
      this.#givenUp.told(named)
      met(seen)
      groups.forEach(({ resolve }, index) => {
        resolve({ epoch: seen.epoch, position: Number(rest[index]) })
      })
    } catch (error) {
      // A sender that knows its id may try again.
      const lost = groups.filter(({ known }) => !known).map(({ id }) => id)
      for (const { known, reject } of groups) if (known) reject(error)
      if (await wasCut()) await this.#givenUp.add(lost, till)
      for (const { known, reject } of groups) if (!known) reject(error)
    }
  }

  async #tell(ids: readonly string[]): Promise<void> {
    const { link, bounds } = this.#parts
    await link().run('publish', bounds(), String(ids.length), ...ids)
  }
}

// Tells after an error whether something that was sent now has had no answer.
function cutting(link: Link): () => Promise<boolean> {
  const { open } = link
  return async () => {
    // That the connection has ended may be heard a moment after the error.
    await new Promise(setImmediate)
    return open && !link.open
  }
}

// What Redis keeps of a revocation with an end, and when that is; a restore has none.
function keptOf(signal: Signal): readonly string[] {
  const ends = signal.type === 'restore' || (signal.type === 'revoke' && signal.until !== undefined)
  if (!ends) return ['', '']
  return [keyOf(signal), signal.type === 'revoke' ? String(signal.until) : '']
}
