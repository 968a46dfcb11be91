// The engine of one process: a counter and a bounded history in memory, which a file may carry over a restart.

import { randomBytes } from 'node:crypto'
import { failure } from '../errors'
import { formatCursor, positionIn } from './cursor'
import type { Engine, EngineDelegate, HistoryBounds, Outgoing, Positioned, Replay, Signal } from './engine'
import { History } from './history'
import { dropSnapshot, putSnapshot, takeSnapshot } from './history-file'
import { Once } from './once'
import { Revoked } from './revoked'
import { ForeignCursors, warnOfSiblings } from './siblings'

export interface MemoryOptions extends HistoryBounds {
  /** Carries the history over a restart: written at `stop`, taken at `start`. */
  readonly file?: string | undefined
}

/** The default engine. Its history is lost when the process ends. */
export class MemoryEngine implements Engine {
  readonly #file: string | undefined
  readonly #history: History
  readonly #foreign: ForeignCursors
  readonly #delegates = new Set<EngineDelegate>()
  readonly #once = new Once()
  /** Those that came while another was handed on. */
  readonly #signals: Signal[] = []
  #signalling = false
  readonly #revoked = new Revoked()
  #epoch = randomBytes(6).toString('base64url')
  #position = 0
  #started = false
  /** Settles when the file is written, once the last delegate has left. */
  #ended: Promise<void> | undefined

  /** `now` tells a time in ms that never goes back. */
  constructor(options: MemoryOptions, now: () => number = () => performance.now()) {
    this.#file = options.file
    this.#history = new History(options, now)
    this.#foreign = new ForeignCursors(now)
  }

  get epoch(): string {
    return this.#epoch
  }

  /** Streams and bytes held now. */
  get size() {
    return this.#history.size
  }

  /** The cursor of a position: `epoch:position`. */
  cursorAt(position: number): string {
    return formatCursor(this.#epoch, position)
  }

  /** The position of the last broadcast. */
  position(): number {
    return this.#position
  }

  cursor(): string {
    return this.cursorAt(this.#position)
  }

  // Goes on from the file before anything else can happen: what it says holds only for an engine that has done nothing yet.
  async start(to: EngineDelegate): Promise<void> {
    this.#delegates.add(to)
    this.#ended = undefined
    // Taken also where it is not wanted any more: a file from before may never be gone on from later.
    const snapshot = this.#file === undefined ? undefined : takeSnapshot(this.#file)
    const first = !this.#started
    this.#started = true
    if (first) warnOfSiblings()
    for (const each of snapshot?.revoked ?? []) this.#revoked.note(each)
    for (const each of this.#revoked.now()) to.signalled(each, Number.POSITIVE_INFINITY)
    if (!snapshot || !first) return
    this.#epoch = snapshot.epoch
    this.#position = snapshot.position
    for (const id of snapshot.ids) this.#once.note(id)
    this.#history.restore(snapshot)
  }

  publish(broadcasts: readonly Outgoing[], id?: string, givenUp: readonly string[] = []): Promise<void> {
    if (this.#ended) return this.#refuse(this.#ended)
    for (const each of givenUp) this.#once.note(each)
    return this.#once.run(id, async () => {
      const messages = broadcasts.map((broadcast) => this.#positioned(broadcast))
      for (const message of messages) this.#history.keep(message)
      for (const to of this.#delegates) to.delivered(messages)
    })
  }

  // The hole takes a position of its own: whoever has everything until now has not what was lost.
  refreshAll(id?: string): Promise<void> {
    if (this.#ended) return this.#refuse(this.#ended)
    return this.#once.run(id, async () => {
      this.#history.forgetAll(++this.#position)
      for (const to of this.#delegates) to.lost(false)
    })
  }

  async since(stream: string, cursor: string | null): Promise<Replay> {
    const now = { position: this.#position, cursor: this.cursor() }
    if (cursor === null) return { recovered: true, ...now, messages: [] }
    const seen = positionIn(this.#epoch, cursor)
    if (seen === undefined) this.#foreign.note(cursor)
    const messages = seen === undefined || seen > this.#position ? undefined : this.#history.since(stream, seen)
    return { recovered: messages !== undefined, ...now, messages: messages ?? [] }
  }

  // What a delegate signals in answer waits until everybody has had this one.
  async signal(signal: Signal): Promise<void> {
    this.#revoked.note(signal)
    this.#signals.push(signal)
    if (this.#signalling) return
    this.#signalling = true
    try {
      for (let next = this.#signals.shift(); next; next = this.#signals.shift()) {
        for (const to of this.#delegates) to.signalled(next)
      }
    } finally {
      this.#signalling = false
    }
  }

  // The history stays, for the next cable that is given this engine.
  async stop(to: EngineDelegate): Promise<void> {
    if (!this.#delegates.delete(to) || this.#delegates.size > 0) return
    this.#history.stop()
    this.#ended = this.#write()
    await this.#ended
  }

  async #write(): Promise<void> {
    if (this.#file === undefined) return
    const ids = this.#once.ids()
    const revoked = this.#revoked.now()
    const own = { epoch: this.#epoch, position: this.#position, ids, revoked }
    await putSnapshot(this.#file, { ...own, ...this.#history.snapshot() })
  }

  // Nobody is here to hear it, so whoever goes on with this history has to learn that it lacks something: from here, or from the file.
  async #refuse(ended: Promise<void>): Promise<never> {
    this.#history.forgetAll(++this.#position)
    await ended
    if (this.#file !== undefined && this.#ended === ended) await dropSnapshot(this.#file)
    throw failure('TURBO_CABLE_CLOSED', ['broadcast'])
  }

  #positioned({ stream, json, exclude }: Outgoing): Positioned {
    const position = ++this.#position
    return { stream, json, exclude, position, cursor: this.cursorAt(position) }
  }
}
