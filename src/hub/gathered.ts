// Gathers what comes for the listeners beside broadcasts, so that each is written to once for all that one turn of the event loop
// brings. Where the writes take long, the next ones wait: whoever keeps them coming gets a part of the processor, and not all of it.

// How many times as long as the last writes took the next ones wait.
const rest = 4

// And no longer than this, ms: what took long may have been the machine.
const longestRest = 100

/** So many characters are written at once, and do not wait for more. */
const most = 65_536

/** What has come and is not written yet. */
export class Gathered<Each> {
  readonly #write: (all: readonly Each[]) => void
  readonly #now: () => number
  #all: Each[] = []
  #length = 0
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  /** When the next writes may begin. */
  #from = 0

  /** `write` gets what was added, in that order. `now` tells a time in ms that never goes back. */
  constructor(write: (all: readonly Each[]) => void, now: () => number = () => performance.now()) {
    this.#write = write
    this.#now = now
  }

  /** Adds something of so many characters. */
  add(each: Each, length: number): void {
    this.#all.push(each)
    this.#length += length
    if (this.#length >= most) this.flush()
    else if (!this.#immediate && !this.#timer) this.#wait()
  }

  /** Writes what there is. */
  flush(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
    if (this.#all.length === 0) return
    const all = this.#all
    this.#all = []
    this.#length = 0
    const start = this.#now()
    this.#write(all)
    const end = this.#now()
    this.#from = end + Math.min(longestRest, (end - start) * rest)
  }

  #wait(): void {
    const left = this.#from - this.#now()
    // A timer can do no less than 1 ms.
    if (left < 1) this.#immediate = setImmediate(() => this.flush())
    else this.#timer = setTimeout(() => this.flush(), left).unref()
  }
}

/** The same in the same order, for each stream by itself. */
export function byStream<Each extends { readonly stream: string }>(all: readonly Each[]): Map<string, Each[]> {
  const streams = new Map<string, Each[]>()
  for (const each of all) {
    const own = streams.get(each.stream)
    if (own) own.push(each)
    else streams.set(each.stream, [each])
  }
  return streams
}
