// A queue that is read with `await`: tests wait for what comes next, and not for time to pass.

interface Reader<Item> {
  resolve(item: Item): void
  reject(error: Error): void
}

export class Queue<Item> {
  /** What has come and was not yet read. */
  readonly items: Item[] = []
  readonly #readers: Reader<Item>[] = []
  #end: Error | undefined

  push(item: Item): void {
    const reader = this.#readers.shift()
    if (reader) reader.resolve(item)
    else this.items.push(item)
  }

  /** The next item; waits for one where there is none. Rejects once the queue has ended and nothing is left. */
  next(): Promise<Item> {
    if (this.items.length > 0) return Promise.resolve(this.items.shift() as Item)
    if (this.#end) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  /** Nothing more will come: whoever waits is told why. */
  end(why: Error): void {
    this.#end = why
    for (const reader of this.#readers.splice(0)) reader.reject(why)
  }
}
