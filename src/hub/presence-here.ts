// Who is on which stream in this process: identities, however many connections each has. Who has gone stays for a while, because
// nearly everybody comes back: a reload, a short drop, the next page.

import type { Identity } from '../options/identity'
import { verdict } from '../verdict'
import type { Connection } from './connection'
import { subjectOf } from './gate'

/** An identity on a stream of this process. */
export interface Here {
  readonly stream: string
  readonly id: string
  /** That of the connection that came last. */
  identity: Identity
  readonly connections: Set<Connection>
  /** What the others were told that it shows, as JSON text; undefined while they do not know of it. */
  told: string | undefined
  /** Runs while there is no connection. */
  leaving: NodeJS.Timeout | undefined
}

/** What `PresenceHere` tells its owner. */
export interface HereDelegate {
  /** A connection of an identity has come, the first or a further one. */
  arrived(here: Here): void
  /** The last connection of an identity has gone, and none has come since. */
  left(here: Here): void
}

/** The identities on the streams of one process. */
export class PresenceHere {
  readonly #streams = new Map<string, Map<string, Here>>()
  readonly #grace: number
  readonly #delegate: HereDelegate

  /** `grace` is how long who has gone stays, ms. */
  constructor(grace: number, delegate: HereDelegate) {
    this.#grace = grace
    this.#delegate = delegate
  }

  /** Everybody. */
  *[Symbol.iterator](): Iterator<Here> {
    for (const people of this.#streams.values()) yield* people.values()
  }

  /** Those on one stream. */
  on(stream: string): Iterable<Here> {
    return this.#streams.get(stream)?.values() ?? []
  }

  /** A connection is on a stream. Returns false for one whose identity has no subject: nobody could tell it from others. */
  arrived(stream: string, connection: Connection): boolean {
    const id = subjectOf(connection.identity)
    if (!id) return false
    const people = this.#streams.get(stream) ?? new Map<string, Here>()
    const { identity } = connection
    const known = people.get(id)
    const here = known ?? { stream, id, identity, connections: new Set(), told: undefined, leaving: undefined }
    if (!known) this.#streams.set(stream, people.set(id, here))
    clearTimeout(here.leaving)
    here.leaving = undefined
    here.identity = identity
    here.connections.add(connection)
    this.#delegate.arrived(here)
    return true
  }

  /** A connection is no longer on a stream. `atOnce`: it has said that it leaves, and need not come back. */
  left(stream: string, connection: Connection, atOnce = false): void {
    const here = this.#streams.get(stream)?.get(subjectOf(connection.identity) ?? '')
    if (!here?.connections.delete(connection) || here.connections.size > 0) return
    if (atOnce) this.#end(here)
    else this.#wait(here, this.#grace)
  }

  /** Whoever matches and has no connection any more leaves at once, from one stream or from all. */
  expel(match: (identity: Identity) => boolean, stream?: string): void {
    for (const here of [...(stream === undefined ? this : this.on(stream))]) {
      if (here.leaving && verdict('presence', match, [here.identity], false)) this.#end(here)
    }
  }

  /** Whoever has no connection now gets so many ms more to come back. */
  prolong(ms: number): void {
    for (const here of this) if (here.leaving) this.#wait(here, this.#grace + ms)
  }

  /** Forgets everybody, and tells nobody. */
  clear(): void {
    for (const { leaving } of this) clearTimeout(leaving)
    this.#streams.clear()
  }

  #wait(here: Here, ms: number): void {
    clearTimeout(here.leaving)
    here.leaving = setTimeout(() => this.#end(here), ms)
    here.leaving.unref()
  }

  #end(here: Here): void {
    clearTimeout(here.leaving)
    const people = this.#streams.get(here.stream)
    people?.delete(here.id)
    if (people?.size === 0) this.#streams.delete(here.stream)
    this.#delegate.left(here)
  }
}
