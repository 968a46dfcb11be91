// The parts of the document and their ages. What came with one response, or with one message, is a part: it holds what the
// server had when it was asked, and of each stream what has been applied since. An element belongs to the nearest part around it.

import { behind, type Message, older, oldest } from './protocol.js'

/** The root of the page. */
export const html = document.documentElement

export class Part {
  readonly root: Element
  /** Where the server was when it was asked for this part; undefined where no one said. */
  age: string | undefined
  readonly #seen: Map<string, string>

  constructor(root: Element, age?: string, seen: Iterable<[string, string]> = []) {
    this.root = root
    this.age = age
    this.#seen = new Map(seen)
  }

  /** Everything of `stream` up to here is in this part. */
  seen(stream: string): string | undefined {
    return this.#seen.get(stream) ?? this.age
  }

  /** Is the message the next one for this part? Not where something that was sent before `since` is still to come. */
  lacks({ stream, cursor }: Message, since?: string): boolean {
    const seen = this.seen(stream)
    return !cursor || !seen || (behind(seen, cursor) && !(since && this.#seen.has(stream) && older(seen, since)))
  }

  /** A listener of `stream` begins at `cursor`, or where the part is already, which is returned. */
  begin(stream: string, cursor: string): string {
    this.age ??= cursor
    const seen = this.#seen.get(stream) ?? (older(cursor, this.age) ? this.age : cursor)
    this.#seen.set(stream, seen)
    return seen
  }

  advance(stream: string, cursor: string): void {
    if (this.lacks({ stream, cursor, data: null })) this.#seen.set(stream, cursor)
  }

  /** The same age for another root, which is at most as new as `age`. */
  copy(root: Element, age?: string): Part {
    const seen = [...this.#seen].map(([stream, cursor]): [string, string] => [stream, oldest([cursor, age]) as string])
    return new Part(root, oldest([this.age, age]), seen)
  }
}

type Watcher = (part: Part, kept: readonly Element[]) => void

const byRoot = new WeakMap<Node, Part>()
const attached = new Set<Part>()
const watchers = new Set<Watcher>()

/** The part that a node belongs to. */
export function partOf(node: Node | null): Part {
  for (let each = node; each; each = each.parentNode) {
    const part = byRoot.get(each)
    if (part) return part
  }
  return add(new Part(html))
}

export function pagePart(): Part {
  return partOf(html)
}

export function partAt(element: Element | null | undefined): Part | undefined {
  return element ? byRoot.get(element) : undefined
}

/** Notes a part. What an element has been apart from the document is noted too, and counts when it comes back. */
export function add(part: Part): Part {
  attached.delete(byRoot.get(part.root) as Part)
  byRoot.set(part.root, part)
  attached.add(part)
  return part
}

/** A part has come into the document: what it lacks is asked for. */
export function attach(part: Part, kept: readonly Element[] = []): Part {
  add(part)
  for (const watcher of watchers) watcher(part, kept)
  return part
}

/** A response or a message was rendered in `part`; in it only what is in `kept` is older or newer. */
export function rendered(part: Part, kept: readonly Element[] = []): Part {
  for (const { root } of attached) {
    if (!root.isConnected || !part.root.contains(root) || kept.some((element) => element.contains(root))) continue
    attached.delete(partOf(root))
    byRoot.delete(root)
  }
  return attach(part, kept)
}

/** Calls `watcher` whenever a part has come into the document. */
export function watchParts(watcher: Watcher): void {
  watchers.add(watcher)
}

/** What comes back into the document has missed what came meanwhile. */
export function returned(inserted: Element): void {
  for (const element of [inserted, ...inserted.querySelectorAll('*')]) {
    const part = byRoot.get(element)
    if (part && !attached.has(part)) attach(part)
  }
}

/** The parts of the document. */
export function parts(): Part[] {
  pagePart()
  for (const part of attached) if (!part.root.isConnected) attached.delete(part)
  return [...attached]
}
