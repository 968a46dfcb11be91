// A queue that pushes and shifts in O(1) and can be read by index: an array whose head moves.

/** A first-in first-out queue. */
export class Ring<Item> {
  #items: (Item | undefined)[] = []
  #head = 0

  /** How many items there are. */
  get length(): number {
    return this.#items.length - this.#head
  }

  /** The item at this index from the head; undefined past the end. */
  at(index: number): Item | undefined {
    return this.#items[this.#head + index]
  }

  /** Adds an item at the end. */
  push(item: Item): void {
    this.#items.push(item)
  }

  /** Removes the item at the head; undefined if there is none. */
  shift(): Item | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    // More than half of the array is empty: moves the rest to the front. At least as many shifts lie between two such moves as
    // items are moved, so a shift is O(1) on average.
    if (this.#head > 16 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
