// Who is on which stream, over all processes: what the hubs have told, in the order in which they told it.

import type { Listed } from '../engine/engine'
import type { Present } from '../options/presence'

/** What has changed with one hub: somebody has come to it, or is otherwise shown; or has left it. */
export type Change = { readonly came: Listed } | { readonly left: Pick<Listed, 'stream' | 'id'> }

/** What has changed for everybody: the first hub has somebody, or the last one has not any more. */
export interface Turn {
  readonly stream: string
  readonly identity: Present
  readonly joined: boolean
}

interface Entry extends Present {
  info: unknown
  since: number
  readonly hubs: Set<string>
}

/** All identities on all streams. */
export class Roster {
  readonly #streams = new Map<string, Map<string, Entry>>()

  /** How many identities are on a stream. */
  size(stream: string): number {
    return this.#streams.get(stream)?.size ?? 0
  }

  /** Since when an identity is on a stream, ms since 1970; undefined if it is not. */
  since(stream: string, id: string): number | undefined {
    return this.#streams.get(stream)?.get(id)?.since
  }

  /** Those on a stream, in the order in which they came. */
  list(stream: string): Present[] {
    const entries = [...(this.#streams.get(stream)?.values() ?? [])]
    // Each process hears of them in an order of its own when it starts; what it shows must not depend on that.
    entries.sort((one, other) => one.since - other.since || (one.id < other.id ? -1 : 1))
    return entries.map(({ id, info }) => ({ id, info }))
  }

  /** Everybody whom a hub has. */
  *of(hub: string): Iterable<Listed> {
    for (const [stream, entries] of this.#streams) {
      for (const { id, info, since, hubs } of entries.values()) if (hubs.has(hub)) yield { stream, id, info, since }
    }
  }

  /** What must change so that a hub has nobody but these. */
  difference(hub: string, all: readonly Listed[]): Change[] {
    const stay = new Set(all.map(({ stream, id }) => JSON.stringify([stream, id])))
    const changes: Change[] = all.map((came) => ({ came }))
    for (const { stream, id } of this.of(hub)) {
      if (!stay.has(JSON.stringify([stream, id]))) changes.push({ left: { stream, id } })
    }
    return changes
  }

  /** Takes a change of a hub. Returns what that means for everybody, or undefined for nothing. */
  take(hub: string, change: Change): Turn | undefined {
    return 'came' in change ? this.#came(hub, change.came) : this.#left(hub, change.left)
  }

  #came(hub: string, { stream, id, info, since }: Listed): Turn | undefined {
    const entries = this.#streams.get(stream) ?? new Map<string, Entry>()
    const known = entries.get(id)
    if (known) {
      known.hubs.add(hub)
      known.info = info
      known.since = Math.min(known.since, since)
      return undefined
    }
    this.#streams.set(stream, entries.set(id, { id, info, since, hubs: new Set([hub]) }))
    return { stream, identity: { id, info }, joined: true }
  }

  #left(hub: string, { stream, id }: Pick<Listed, 'stream' | 'id'>): Turn | undefined {
    const entries = this.#streams.get(stream)
    const entry = entries?.get(id)
    if (!entries || !entry?.hubs.delete(hub) || entry.hubs.size > 0) return undefined
    entries.delete(id)
    if (entries.size === 0) this.#streams.delete(stream)
    return { stream, identity: { id, info: entry.info }, joined: false }
  }
}
