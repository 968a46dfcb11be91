// Ends items at their time. One timer serves all of them, and runs only while there are any. Items that end in the same second
// lie in one bucket.

/** Something that may end by itself. */
export interface Expiring {
  /** When it ends, ms since 1970; undefined for never. */
  readonly expires?: number | undefined
}

/** Watches items and reports each at its time, at most two seconds late. */
export class Expiry<Item extends Expiring> {
  readonly #buckets = new Map<number, Set<Item>>()
  readonly #expired: (item: Item) => void
  #timer: NodeJS.Timeout | undefined

  /** `expired` gets each item when its time has come; the item is removed by then. */
  constructor(expired: (item: Item) => void) {
    this.#expired = expired
  }

  /** Begins to watch an item. One without an end is ignored. */
  add(item: Item): void {
    if (item.expires === undefined) return
    const second = secondOf(item.expires)
    const bucket = this.#buckets.get(second)
    if (bucket) bucket.add(item)
    else this.#buckets.set(second, new Set([item]))
    if (this.#timer) return
    this.#timer = setInterval(() => this.#end(), 1_000)
    this.#timer.unref()
  }

  /** Stops watching an item. Its `expires` must be what it was when the item was added. */
  remove(item: Item): void {
    if (item.expires === undefined) return
    // An empty bucket stays until the next tick: items that come and go at once shall not make one each.
    this.#buckets.get(secondOf(item.expires))?.delete(item)
  }

  /** Forgets all items. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#buckets.clear()
  }

  // The timer ends at a tick too, and not with the last item.
  #end(): void {
    const now = Date.now() / 1_000
    // Looks at every bucket, so that none is missed when the clock jumps. There are at most as many as seconds watched.
    for (const [second, bucket] of this.#buckets) {
      for (const item of second > now ? [] : bucket) {
        bucket.delete(item)
        this.#expired(item)
      }
      if (bucket.size === 0) this.#buckets.delete(second)
    }
    if (this.#buckets.size === 0) this.stop()
  }
}

// Rounded up, so that nothing ends before its time.
function secondOf(time: number): number {
  return Math.ceil(time / 1_000)
}
