// The engine of one process: a counter and a bounded history in memory. Every bound holds after each publish, and each
// eviction is O(1): messages leave from the head of their stream, or from the head of the list over all streams.

import { randomBytes } from 'node:crypto'
import type { ResolvedOptions } from '../options/options'
import { formatCursor, positionIn } from './cursor'
import type { Engine, Outgoing, Positioned, Replay } from './engine'
import { Ring } from './ring'

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

// What a kept message and a remembered stream cost beside their text, roughly, so that tiny ones are bounded too.
const overhead = 200

export class MemoryEngine implements Engine {
  readonly epoch = randomBytes(6).toString('base64url')
  readonly #bounds: ResolvedOptions['history']
  readonly #now: () => number
  readonly #streams = new Map<string, StreamHistory>()
  // Streams whose messages are all gone, oldest first: what makes "no gap" exact after a stream fell silent.
  readonly #silent = new Map<string, number>()
  #deliver: (messages: readonly Positioned[]) => void = () => {}
  #position = 0
  #oldest: Kept | undefined
  #newest: Kept | undefined
  #bytes = 0
  #silentBytes = 0
  // Highest position of any stream that even #silent had to forget: a cursor before it can no longer be judged.
  #forgotten = 0

  constructor(bounds: ResolvedOptions['history'], now: () => number = () => performance.now()) {
    this.#bounds = bounds
    this.#now = now
  }

  /** Bytes and messages held now. */
  get size(): { readonly streams: number; readonly silent: number; readonly bytes: number } {
    return { streams: this.#streams.size, silent: this.#silent.size, bytes: this.#bytes + this.#silentBytes }
  }

  cursorAt(position: number): string {
    return formatCursor(this.epoch, position)
  }

  position(): number {
    return this.#position
  }

  start(deliver: (messages: readonly Positioned[]) => void): void {
    this.#deliver = deliver
  }

  async publish(broadcasts: readonly Outgoing[]): Promise<void> {
    const messages = broadcasts.map((broadcast) => ({ ...broadcast, position: ++this.#position }))
    for (const message of messages) this.#keep(message)
    this.#deliver(messages)
  }

  async since(stream: string, cursor: string | null): Promise<Replay> {
    const position = this.#position
    if (cursor === null) return { recovered: true, position, messages: [] }
    const seen = positionIn(this.epoch, cursor)
    this.#expire()
    const history = this.#streams.get(stream)
    const lost = history?.evicted ?? this.#silent.get(stream) ?? this.#forgotten
    if (seen === undefined || seen > position || seen < lost) return { recovered: false, position, messages: [] }
    const messages: Positioned[] = []
    // Newest first, so that a replay costs what it returns and not what is kept.
    for (let index = (history?.kept.length ?? 0) - 1; index >= 0; index--) {
      const message = history?.kept.at(index)?.message
      if (message === undefined || message.position <= seen) break
      messages.push(message)
    }
    return { recovered: true, position, messages: messages.reverse() }
  }

  async stop(): Promise<void> {
    this.#deliver = () => {}
    this.#streams.clear()
    this.#silent.clear()
    this.#oldest = this.#newest = undefined
    this.#bytes = this.#silentBytes = 0
    this.#forgotten = this.#position
  }

  #keep(message: Positioned): void {
    const history = this.#historyOf(message.stream)
    const bytes = overhead + message.stream.length + message.json.length
    const kept: Kept = {
      message,
      history,
      bytes,
      expires: this.#now() + this.#bounds.ttl,
      older: this.#newest,
      newer: undefined,
    }
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
  }

  #historyOf(stream: string): StreamHistory {
    const known = this.#streams.get(stream)
    if (known) return known
    const history = { stream, kept: new Ring<Kept>(), bytes: 0, evicted: this.#silent.get(stream) ?? this.#forgotten }
    if (this.#silent.delete(stream)) this.#silentBytes -= overhead + stream.length
    this.#streams.set(stream, history)
    return history
  }

  #expire(): void {
    const now = this.#now()
    while (this.#oldest && this.#oldest.expires <= now) this.#evict(this.#oldest.history)
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
    if (history.kept.length === 0) this.#silence(history)
  }

  #silence(history: StreamHistory): void {
    this.#streams.delete(history.stream)
    this.#silent.set(history.stream, history.evicted)
    this.#silentBytes += overhead + history.stream.length
    // Names of silent streams may take a quarter of the whole; past that the longest silent are forgotten.
    while (this.#silentBytes > this.#bounds.totalBytes / 4) this.#forgetSilent()
  }

  #forgetSilent(): void {
    for (const [stream, evicted] of this.#silent) {
      this.#silent.delete(stream)
      this.#silentBytes -= overhead + stream.length
      this.#forgotten = Math.max(this.#forgotten, evicted)
      return
    }
  }
}
