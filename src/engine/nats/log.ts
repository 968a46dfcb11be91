// The log on one connection: a stream of JetStream, whose sequence gives the positions. It is made where it is missing, looked at,
// written to and read.

import { logger, warn } from '../../log'
import type { JetStream, Manager, StreamInfo, StreamMessage } from './client'
import { type OpenedNats, patience, tooLarge } from './connection'
import { decodeEntry, type Entry, encodeEntry, type Said } from './entry'

const debug = logger('nats')

/** Codes of JetStream's errors. */
const streamNotFound = 10_059
const nameInUse = 10_058
const wrongLastSequence = 10_071

/** What the server counts beside an entry, at most. */
const headerBytes = 1_024

/** What the log may hold. */
export interface LogLimits {
  /** ms. */
  readonly age: number
  readonly bytes: number
  readonly storage: 'file' | 'memory'
  readonly replicas: number
}

/** Where the log stands. */
export interface Standing {
  /** When the stream was made: tells it from its successor of the same name. */
  readonly created: string
  /** The sequence of the oldest entry; that of the next one where there is none. */
  readonly first: number
  /** The sequence of the newest entry that there ever was. */
  readonly last: number
}

/** Takes an entry, or undefined for what is none; `written` is the server's time, ms. */
export type TakeEntry = (entry: Entry | undefined, sequence: number, written: number, bytes: number) => void

/** The log of one name. */
export class Log {
  /** The server process that holds it alone. The same for all where a cluster holds it. */
  readonly server: string
  readonly #opened: OpenedNats
  readonly #name: string
  readonly #stream: JetStream
  readonly #manager: Manager

  private constructor(opened: OpenedNats, name: string, manager: Manager) {
    const { connection, modules } = opened
    const { info } = connection
    this.server = info?.jetstream && !info.cluster && !info.domain ? info.server_id : 'cluster'
    this.#opened = opened
    this.#name = name
    this.#manager = manager
    this.#stream = modules.jetstream(connection, { timeout: patience })
  }

  /** Finds it, or makes it. `set` says that limits other than these are changed. */
  static async open(opened: OpenedNats, name: string, limits: LogLimits, set: boolean): Promise<Log> {
    const { connection, modules } = opened
    const manager = await modules.jetstreamManager(connection, { timeout: patience, checkAPI: false })
    const log = new Log(opened, name, manager)
    await log.#prepare(limits, set)
    return log
  }

  /** What one entry may have, bytes. */
  get mostBytes(): number {
    return (this.#opened.connection.info?.max_payload ?? Number.POSITIVE_INFINITY) - headerBytes
  }

  /** Where it stands now. */
  async look(): Promise<Standing> {
    const { created, state } = await this.#manager.streams.info(this.#name)
    const { messages, last_seq: last } = state
    const first = messages === 0 ? last + 1 : state.first_seq
    return { created: String(created), first, last }
  }

  /**
   * Writes an entry. Resolves to its sequence; what has an `id` is written once, within the stream's window. `after` is the sequence
   * of the last mark: undefined comes back where another one has been written since.
   */
  async append(said: Said, own: { id?: string; after?: number } = {}): Promise<number | undefined> {
    const data = encodeEntry(said)
    if (data.length > this.mostBytes) {
      throw tooLarge(`it has ${data.length} bytes, and this server takes ${this.mostBytes} (max_payload)`)
    }
    const { id, after } = own
    try {
      const { seq } = await this.#stream.publish(`${this.#name}.${'mark' in said ? 'mark' : 'log'}`, data, {
        ...(id !== undefined && { msgID: id }),
        ...(after !== undefined && { expect: { lastSubjectSequence: after } }),
        timeout: patience,
      })
      return seq
    } catch (error) {
      if (after !== undefined && codeOf(error) === wrongLastSequence) return undefined
      throw error
    }
  }

  /** Reads on from a sequence, until the connection ends or the returned function is called. */
  async follow(from: number, take: TakeEntry): Promise<() => void> {
    const consumer = await this.#stream.consumers.getPushConsumer(this.#name, {
      opt_start_seq: from,
      mem_storage: true,
    })
    const callback = (message: StreamMessage) => {
      const { data, info } = message
      take(decodeEntry(data), info.streamSequence, info.timestampNanos / 1e6, data.length)
    }
    const messages = await consumer.consume({ callback })
    return () => void messages.close().catch(() => {})
  }

  /** Says something to all who listen now; it is kept nowhere. */
  say(text: string): void {
    this.#opened.connection.publish(`${this.#name}.whisper`, text)
  }

  /** Listens to what is said. */
  listen(take: (text: string) => void): void {
    this.#opened.connection.subscribe(`${this.#name}.whisper`, {
      callback: (error, message) => {
        if (!error) take(message.string())
      },
    })
  }

  async #prepare(limits: LogLimits, set: boolean): Promise<void> {
    const { streams } = this.#manager
    const wanted = {
      max_age: limits.age * 1e6,
      max_bytes: limits.bytes,
      duplicate_window: Math.min(limits.age, 120_000) * 1e6,
    }
    let found: StreamInfo | undefined
    try {
      found = await streams.info(this.#name)
    } catch (error) {
      if (codeOf(error) !== streamNotFound) throw error
    }
    if (!found) {
      try {
        await streams.add({
          name: this.#name,
          subjects: [`${this.#name}.log`, `${this.#name}.mark`],
          storage: limits.storage,
          num_replicas: limits.replicas,
          retention: 'limits',
          discard: 'old',
          ...wanted,
        })
      } catch (error) {
        // Another process was quicker, with other limits.
        if (codeOf(error) !== nameInUse) throw error
      }
      return
    }
    const { max_age, max_bytes, duplicate_window } = found.config
    const same =
      max_age === wanted.max_age && max_bytes === wanted.max_bytes && duplicate_window === wanted.duplicate_window
    if (!set || same) return
    try {
      await streams.update(this.#name, wanted)
    } catch (error) {
      debug('the stream keeps its limits: %O', error)
      warn(`NATS keeps the limits that the stream ${this.#name} has: ${(error as Error).message}`)
    }
  }
}

function codeOf(error: unknown): number | undefined {
  return (error as { code?: number }).code
}
