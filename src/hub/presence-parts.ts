// Everybody who is with a hub, in parts that are no longer than other signals.

import type { Listed } from '../engine/engine'

/** About how long one part is, characters of JSON. */
const partLength = 16_384

/** One part of a list. */
export interface Part {
  /** Its number, from 0. */
  readonly part: number
  readonly people: readonly Listed[]
  readonly last: boolean
}

/** A list in parts: at least one, also where there is nobody. */
export function inParts(people: Iterable<Listed>): Part[] {
  const parts: Listed[][] = [[]]
  let length = 0
  for (const each of people) {
    if (length > partLength) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push(each)
    length += JSON.stringify(each).length
  }
  return parts.map((part, index) => ({ part: index, people: part, last: index === parts.length - 1 }))
}

/** Lists of which some parts have come. */
export class PartedLists {
  readonly #lists = new Map<string, (readonly Listed[])[]>()

  /** Adds a part. Returns the whole list with its last one; undefined before that, and where one was lost. */
  add(key: string, { part, people, last }: Part): Listed[] | undefined {
    const parts = part === 0 ? [] : (this.#lists.get(key) ?? [])
    this.#lists.set(key, parts)
    if (part !== parts.length) return undefined
    parts.push(people)
    if (!last) return undefined
    this.#lists.delete(key)
    return parts.flat()
  }
}
