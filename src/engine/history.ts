// What was broadcast lately, bounded in number, bytes and time. Every bound holds after each message, and each eviction is
// O(1): messages leave from the head of their stream, or from the head of the list over all streams.

import type { HistoryBounds, Positioned } from './engine'
import { Ring } from './ring'
import { silentSize, sizeOf, streamSize } from './size'

interface Kept {
  readonly message: Positioned
  readonly history: StreamHistory
  readonly bytes: number
  readonly expires: number
  older: Kept | undefined
  newer: Kept | undefined
}

interface StreamHistory {
  readonly stream: string
  readonly kept: Ring<Kept>
  bytes: number
  /** Position of the newest message of this stream that is gone. A cursor before it has a gap; one at it has none. */
  evicted: number
}

/** All that is held, as plain data. Times are ms left. */
export interface HistorySnapshot {
  readonly messages: readonly { readonly message: Positioned; readonly left: number }[]
  /** By stream: the position of its newest message that is gone. */
  readonly evicted: readonly (readonly [stream: string, position: number])[]
  readonly forgotten: number
}

export class History {
  readonly #bounds: HistoryBounds
  readonly #now: () => number
  readonly #streams = new Map<string, StreamHistory>()
  // Streams whose messages are all gone, oldest first: what makes "no gap" exact after a stream fell silent.
  readonly #silent = new Map<string, number>()
  #oldest: Kept | undefined
  #newest: Kept | undefined
  #bytes = 0
  #silentBytes = 0
  // Highest position of any stream that even #silent had to forget: a cursor before it can no longer be judged.
  #forgotten = 0
  #timer: NodeJS.Timeout | undefined

  /** `now` tells a time in ms that never goes back. */
  constructor(bounds: HistoryBounds, now: () => number) {
    this.#bounds = bounds
    this.#now = now
  }

  /** Streams and bytes held now. */
  get size(): { readonly streams: number; readonly silent: number; readonly bytes: number } {
    return { streams: this.#streams.size, silent: this.#silent.size, bytes: this.#bytes + this.#silentBytes }
  }

  /** The messages of a stream after a position; undefined when one of them is gone. */
  since(stream: string, seen: number): readonly Positioned[] | undefined {
    this.#expire()
    const history = this.#streams.get(stream)
    if (seen < (history?.evicted ?? this.#silent.get(stream) ?? this.#forgotten)) return undefined
    const messages: Positioned[] = []
    // Newest first, so that a replay costs what it returns and not what is kept.
    for (let index = (history?.kept.length ?? 0) - 1; index >= 0; index--) {
      const message = history?.kept.at(index)?.message
      if (message === undefined || message.position <= seen) break
      messages.push(message)
    }
    return messages.reverse()
  }

  keep(message: Positioned, left = this.#bounds.ttl): void {
    const history = this.#historyOf(message.stream)
    const bytes = sizeOf(message)
    const expires = this.#now() + left
    const kept: Kept = { message, history, bytes, expires, older: this.#newest, newer: undefined }
    if (this.#newest) this.#newest.newer = kept
    else this.#oldest = kept
    this.#newest = kept
    history.kept.push(kept)
    history.bytes += bytes
    this.#bytes += bytes
    const { size, streamBytes, totalBytes } = this.#bounds
    while (history.kept.length > size || history.bytes > streamBytes) this.#evict(history)
    this.#expire()
    while (this.#bytes + this.#silentBytes > totalBytes) {
      if (this.#oldest) this.#evict(this.#oldest.history)
      else this.#forgetSilent()
    }
    this.#watch()
  }

  /** Forgets everything: a cursor before this position has a gap, whatever the stream. */
  forgetAll(position: number): void {
    this.#streams.clear()
    this.#silent.clear()
    this.#oldest = undefined
    this.#newest = undefined
    this.#bytes = 0
    this.#silentBytes = 0
    this.#forgotten = position
  }

  snapshot(): HistorySnapshot {
    this.#expire()
    const messages: HistorySnapshot['messages'][number][] = []
    const now = this.#now()
    for (let kept = this.#oldest; kept; kept = kept.newer) {
      messages.push({ message: kept.message, left: kept.expires - now })
    }
    const evicted = [...this.#streams.values()].map((history) => [history.stream, history.evicted] as const)
    return { messages, evicted: [...this.#silent, ...evicted], forgotten: this.#forgotten }
  }

  /** Takes over what another history held; only for one that is still empty. */
  restore({ messages, evicted, forgotten }: HistorySnapshot): void {
    this.#forgotten = forgotten
    for (const [stream, position] of evicted) this.#remember(stream, position)
    for (const { message, left } of messages) this.keep(message, left)
  }

  /** Ends the timer. What is held stays. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #historyOf(stream: string): StreamHistory {
    const known = this.#streams.get(stream)
    if (known) return known
    const history = { stream, kept: new Ring<Kept>(), bytes: 0, evicted: this.#silent.get(stream) ?? this.#forgotten }
    if (this.#silent.delete(stream)) this.#silentBytes -= silentSize(stream)
    this.#streams.set(stream, history)
    this.#bytes += streamSize(stream)
    return history
  }

  #expire(): void {
    const now = this.#now()
    while (this.#oldest && this.#oldest.expires <= now) this.#evict(this.#oldest.history)
  }

  // Frees what has expired also when nobody broadcasts or asks any more.
  #watch(): void {
    if (this.#timer !== undefined || !this.#oldest) return
    // Not for each message by itself: within a second of its time is soon enough.
    const wait = Math.max(1_000, this.#oldest.expires - this.#now())
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#expire()
        this.#watch()
      },
      Math.min(wait, 2 ** 31 - 1),
    )
    this.#timer.unref()
  }

  // The oldest message of a stream goes: out of its ring, and out of the list over all streams.
  #evict(history: StreamHistory): void {
    const kept = history.kept.shift()
    if (kept === undefined) return
    if (kept.older) kept.older.newer = kept.newer
    else this.#oldest = kept.newer
    if (kept.newer) kept.newer.older = kept.older
    else this.#newest = kept.older
    history.bytes -= kept.bytes
    history.evicted = kept.message.position
    this.#bytes -= kept.bytes
    if (history.kept.length > 0) return
    this.#streams.delete(history.stream)
    this.#bytes -= streamSize(history.stream)
    this.#remember(history.stream, history.evicted)
  }

  #remember(stream: string, evicted: number): void {
    this.#silent.set(stream, evicted)
    this.#silentBytes += silentSize(stream)
    // Names of silent streams may take a quarter of the whole; past that the longest silent are forgotten.
    while (this.#silentBytes > this.#bounds.totalBytes / 4) this.#forgetSilent()
  }

  #forgetSilent(): void {
    for (const [stream, evicted] of this.#silent) {
      this.#silent.delete(stream)
      this.#silentBytes -= silentSize(stream)
      this.#forgotten = Math.max(this.#forgotten, evicted)
      return
    }
  }
}
