// The engine of one process: a counter, and a bounded history in memory. Every bound holds after each publish. Evicting a message
// is O(1): the oldest of its stream goes, or the oldest of all.

import { randomBytes } from 'node:crypto'
import type { ResolvedOptions } from '../options'
import { formatCursor, positionIn } from './cursor'
import type { Engine, EngineDelegate, Outgoing, Positioned, Replay, Signal } from './engine'
import { Once } from './once'
import { Ring } from './ring'
import { overhead, sizeOf } from './size'

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
  /** The position of the newest message of this stream that was evicted. An earlier cursor has a gap, this one has none. */
  evicted: number
}

/** The default engine. Its history is lost when the process ends. */
export class MemoryEngine implements Engine {
  readonly epoch = randomBytes(6).toString('base64url')
  readonly #bounds: ResolvedOptions['history']
  readonly #now: () => number
  readonly #streams = new Map<string, StreamHistory>()
  // Streams of which no message is kept, with the position of their last one, longest silent first. So a client that has seen
  // that message has no gap.
  readonly #silent = new Map<string, number>()
  readonly #delegates = new Set<EngineDelegate>()
  readonly #once = new Once()
  #position = 0
  #oldest: Kept | undefined
  #newest: Kept | undefined
  #bytes = 0
  #silentBytes = 0
  // The highest position that #silent had to forget. Nobody can tell whether an earlier cursor has a gap.
  #forgotten = 0

  constructor(bounds: ResolvedOptions['history'], now: () => number = () => performance.now()) {
    this.#bounds = bounds
    this.#now = now
  }

  /** How many streams have messages, how many are remembered without any, and the bytes of both. */
  get size(): { readonly streams: number; readonly silent: number; readonly bytes: number } {
    return { streams: this.#streams.size, silent: this.#silent.size, bytes: this.#bytes + this.#silentBytes }
  }

  /** The cursor of a position: `epoch:position`. */
  cursorAt(position: number): string {
    return formatCursor(this.epoch, position)
  }

  /** The position of the last broadcast. */
  position(): number {
    return this.#position
  }

  cursor(): string {
    return this.cursorAt(this.#position)
  }

  async start(to: EngineDelegate): Promise<void> {
    this.#delegates.add(to)
  }

  publish(broadcasts: readonly Outgoing[], id?: string): Promise<void> {
    return this.#once.run(id, async () => {
      const messages = broadcasts.map((broadcast) => this.#positioned(broadcast))
      for (const message of messages) this.#keep(message)
      for (const to of this.#delegates) to.delivered(messages)
    })
  }

  async since(stream: string, cursor: string | null): Promise<Replay> {
    const position = this.#position
    const now = { position, cursor: this.cursor() }
    if (cursor === null) return { recovered: true, ...now, messages: [] }
    const seen = positionIn(this.epoch, cursor)
    this.#expire()
    const history = this.#streams.get(stream)
    const lost = history?.evicted ?? this.#silent.get(stream) ?? this.#forgotten
    if (seen === undefined || seen > position || seen < lost) return { recovered: false, ...now, messages: [] }
    const messages: Positioned[] = []
    // From the newest back, so that the cost depends on what is returned and not on what is kept.
    for (let index = (history?.kept.length ?? 0) - 1; index >= 0; index--) {
      const message = history?.kept.at(index)?.message
      if (message === undefined || message.position <= seen) break
      messages.push(message)
    }
    return { recovered: true, ...now, messages: messages.reverse() }
  }

  async signal(signal: Signal): Promise<void> {
    for (const to of this.#delegates) to.signalled(signal)
  }

  // The history stays, for the next cable that is given this engine.
  async stop(to: EngineDelegate): Promise<void> {
    this.#delegates.delete(to)
  }

  #positioned({ stream, json, exclude }: Outgoing): Positioned {
    const position = ++this.#position
    return { stream, json, exclude, position, cursor: this.cursorAt(position) }
  }

  #keep(message: Positioned): void {
    const history = this.#historyOf(message.stream)
    const bytes = sizeOf(message)
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

  // Removes the oldest message of a stream from its ring and from the list over all streams.
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
    // The names of silent streams may take a quarter of all bytes. Past that the longest silent are forgotten.
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
