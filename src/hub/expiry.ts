// The end of rights that were given for a time. One timer for all, running only while there is something to end; what is due
// lies in a bucket of its second.

export interface Expiring {
  /** Ms since 1970. */
  readonly expires?: number | undefined
}

export class Expiry<Item extends Expiring> {
  readonly #buckets = new Map<number, Set<Item>>()
  readonly #expired: (item: Item) => void
  #timer: NodeJS.Timeout | undefined

  constructor(expired: (item: Item) => void) {
    this.#expired = expired
  }

  /** Items without an expiry are nothing to watch. */
  add(item: Item): void {
    if (item.expires === undefined) return
    const second = secondOf(item.expires)
    const bucket = this.#buckets.get(second) ?? new Set()
    this.#buckets.set(second, bucket.add(item))
    if (this.#timer) return
    this.#timer = setInterval(() => this.#end(), 1_000)
    this.#timer.unref()
  }

  remove(item: Item): void {
    if (item.expires === undefined) return
    const second = secondOf(item.expires)
    const bucket = this.#buckets.get(second)
    if (bucket?.delete(item) && bucket.size === 0) this.#buckets.delete(second)
    if (this.#buckets.size === 0) this.stop()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#buckets.clear()
  }

  #end(): void {
    const now = Date.now() / 1_000
    // There are no more buckets than seconds in the longest right; and a clock that jumps, either way, does no harm.
    for (const [second, bucket] of this.#buckets) {
      if (second > now) continue
      for (const item of bucket) {
        this.remove(item)
        this.#expired(item)
      }
    }
  }
}

// Rounded up: a right lasts until its time and not a second less.
function secondOf(time: number): number {
  return Math.ceil(time / 1_000)
}
