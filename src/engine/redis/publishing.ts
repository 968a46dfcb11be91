// What is published in one round of the event loop goes to Redis together, as one script: under load many broadcasts cost little more
// than one, and everybody who follows the log reads them at once. Each is applied or refused by itself.

import { randomUUID } from 'node:crypto'
import { maxIdLength } from '../../options/limits'
import type { Outgoing } from '../engine'
import type { Link, Seen } from './link'

/** How much one script takes, broadcasts and characters, so that Redis is never busy with it for long. */
const most = 256
const mostText = 1_048_576

/** How many broadcasts that were given up are named to Redis. */
const mostGivenUp = 100

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
  /** Broadcasts whose sender was told that they were not sent, although they may still be on their way. */
  #givenUp: readonly string[] = []

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
    const { link, bounds, met } = this.#parts
    const named = this.#givenUp
    const old = [...groups.flatMap(({ givenUp }) => givenUp), ...named]
    const flat = groups.flatMap(({ broadcasts, id, known }) => [
      ...[id, known ? '1' : '0', String(broadcasts.length)],
      ...broadcasts.flatMap(({ stream, json, exclude }) => [stream, json, exclude ?? '']),
    ])
    let unknown = link().open
    try {
      const { seen, rest } = await link().run('publish', bounds(), String(old.length), ...old, ...flat)
      unknown = false
      if (this.#givenUp === named) this.#givenUp = []
      met(seen)
      groups.forEach(({ resolve }, index) => {
        resolve({ epoch: seen.epoch, position: Number(rest[index]) })
      })
    } catch (error) {
      // A sender that knows its id may try again; of the others, what still arrives would come after what is newer.
      const lost = unknown ? groups.filter(({ known }) => !known).map(({ id }) => id) : []
      this.#givenUp = [...this.#givenUp, ...lost].slice(-mostGivenUp)
      for (const { reject } of groups) reject(error)
    }
  }
}
