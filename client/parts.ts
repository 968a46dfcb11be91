// The parts of the document and their ages. What came with one response, or with one message, is a part: it holds what the
// server had when it was asked, and of each stream what has been applied since. An element belongs to the nearest part around it.

import { behind, type Message } from './protocol.js'

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

  knows(stream: string): boolean {
    return this.#seen.has(stream)
  }

  /** Everything of `stream` up to here is in this part. */
  seen(stream: string): string | undefined {
    return this.#seen.get(stream) ?? this.age
  }

  lacks({ stream, cursor }: Message): boolean {
    const seen = this.seen(stream)
    return !cursor || !seen || behind(seen, cursor)
  }

  /** A listener of `stream` begins with this part. */
  begin(stream: string, cursor: string): void {
    this.age ??= cursor
    if (!this.#seen.has(stream)) this.#seen.set(stream, cursor)
  }

  advance(stream: string, cursor: string): void {
    if (this.lacks({ stream, cursor, data: null })) this.#seen.set(stream, cursor)
  }

  /** The same age for another root. */
  copy(root: Element): Part {
    return new Part(root, this.age, this.#seen)
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
  return add(new Part(document.documentElement))
}

export function pagePart(): Part {
  return partOf(document.documentElement)
}

/** Of these parts the innermost comes first, the page last. */
export function* partsAround(element: Element): Iterable<Part> {
  for (let part = partOf(element); ; part = partOf(part.root.parentNode)) {
    attached.add(part)
    yield part
    if (!part.root.parentElement) return
  }
}

export function partAt(element: Element | null): Part | undefined {
  return element ? byRoot.get(element) : undefined
}

/** Notes a part. What an element has been apart from the document is noted too, and counts when it comes back. */
export function add(part: Part): Part {
  byRoot.set(part.root, part)
  attached.add(part)
  return part
}

/** A response was rendered in `part`; in it only what is in `kept` is older or newer. */
export function rendered(part: Part, kept: readonly Element[] = []): void {
  for (const { root } of attached) {
    const within = part.root.contains(root) && !kept.some((element) => element.contains(root))
    if (within || !root.isConnected) forget({ root })
  }
  add(part)
  for (const watcher of watchers) watcher(part, kept)
}

/** Calls `watcher` whenever a response was rendered. */
export function watchParts(watcher: Watcher): void {
  watchers.add(watcher)
}

/** The parts of the document that have not had a message. */
export function partsLacking(message: Message): Set<Part> {
  pagePart()
  return new Set([...attached].filter((part) => part.lacks(message)))
}

/** Everything of `stream` up to `cursor` is in the document. */
export function advance(stream: string, cursor: string): void {
  for (const part of attached) {
    if (part.root.isConnected) part.advance(stream, cursor)
    else attached.delete(part)
  }
}

function forget({ root }: { root: Element }): void {
  const part = byRoot.get(root)
  if (!part) return
  attached.delete(part)
  if (root.isConnected) byRoot.delete(root)
}
