// What is published in one round of the event loop goes to Redis together, as one script: under load many broadcasts cost little more
// than one, and everybody who follows the log reads them at once. Each is applied or refused by itself.

import { randomUUID } from 'node:crypto'
import { maxIdLength } from '../../options/limits'
import type { Outgoing, Signal } from '../engine'
import { GivenUp } from '../given-up'
import { keyOf } from '../revoked'
import type { Link, Seen } from './link'

/** How much one script takes, broadcasts and characters, so that Redis is never busy with it for long. */
const most = 256
const mostText = 1_048_576

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
  #groups: Group[] = []
  #count = 0
  #text = 0
  #immediate: NodeJS.Immediate | undefined
  #givenUp = new GivenUp((ids) => this.#tell(ids))

  constructor(parts: PublishingParts) {
    this.#parts = parts
  }

  /** Takes the broadcasts of one sender: all of them or none. Resolves to where the last one is. */
  add(broadcasts: readonly Outgoing[], id: string | undefined, givenUp: readonly string[]): Promise<Place> {
    return new Promise((resolve, reject) => {
      const known = id !== undefined && id !== '' && id.length <= maxIdLength
      this.#groups.push({ broadcasts, id: known ? id : randomUUID(), known, givenUp, resolve, reject })
      this.#count += broadcasts.length
      for (const { json } of broadcasts) this.#text += json.length
      if (this.#count >= most || this.#text >= mostText) this.flush()
      else this.#immediate ??= setImmediate(() => this.flush())
    })
  }

  /** Sends a signal. `failed` is called as soon as it is not sent; the promise rejects when it cannot come any more. */
  async say(signal: Signal, failed?: () => void): Promise<void> {
    const { link: linkOf, bounds, met } = this.#parts
    const link = linkOf()
    this.flush()
    const till = link.till()
    const wasCut = cutting(link)
    try {
      const { seen } = await link.runTill(till, 'signal', bounds(), JSON.stringify(signal), ...keptOf(signal))
      met(seen)
    } catch (error) {
      failed?.()
      if (await wasCut()) await this.#givenUp.until(till)
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
    const groups = this.#groups
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#groups = []
    this.#count = 0
    this.#text = 0
    if (groups.length > 0) void this.#send(groups)
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
