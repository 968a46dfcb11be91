// What is published in one round of the event loop goes to an engine's server together: under load many broadcasts cost little more
// than one, and everybody who follows the log reads them at once.

import type { Outgoing } from './engine'

/** How much goes together, so that a server is never busy with it for long. */
export interface RoundBounds {
  readonly broadcasts: number
  /** UTF-16 units of all texts. */
  readonly text: () => number
}

/** What each broadcast has beside its texts, about. */
const beside = 24

/** Gathers what comes in a round, and sends it in the order in which it came. */
export class Rounds<Item extends { readonly broadcasts: readonly Outgoing[] }> {
  readonly #bounds: RoundBounds
  readonly #send: (items: readonly Item[]) => void
  #items: Item[] = []
  #count = 0
  #text = 0
  #immediate: NodeJS.Immediate | undefined

  constructor(bounds: RoundBounds, send: (items: readonly Item[]) => void) {
    this.#bounds = bounds
    this.#send = send
  }

  /** Takes what one sender brings. It is not divided, even where it is more than the bounds by itself. */
  add(item: Item): void {
    const { length } = item.broadcasts
    const text = textOf(item.broadcasts)
    if (this.#count + length > this.#bounds.broadcasts || this.#text + text > this.#bounds.text()) this.flush()
    this.#items.push(item)
    this.#count += length
    this.#text += text
    this.#immediate ??= setImmediate(() => this.flush())
  }

  /** Sends what has come now: what is sent after this comes after it. */
  flush(): void {
    const items = this.#items
    clearImmediate(this.#immediate)
    this.#immediate = undefined
    this.#items = []
    this.#count = 0
    this.#text = 0
    if (items.length > 0) this.#send(items)
  }
}

/** How long the texts of broadcasts are together, UTF-16 units. */
export function textOf(broadcasts: readonly Outgoing[]): number {
  return broadcasts.reduce(
    (sum, { stream, json, exclude = '' }) => sum + stream.length + json.length + exclude.length + beside,
    0,
  )
}
