// The engine of several processes over NATS: the log is a stream of JetStream, and each process reads all of it.

import { randomUUID } from 'node:crypto'
import { warn } from '../../log'
import { isUsableId } from '../../options/limits'
import { Delivery } from '../delivery'
import type { Deadline, Engine, EngineDelegate, HistoryBounds, Outgoing, Replay, Signal } from '../engine'
import { Waits } from '../waits'
import { Book } from './book'
import { type OpenNats, unreachable, wordsOf } from './connection'
import { positionOf, sequenceOf } from './entry'
import { Link } from './link'
import { Log, type LogLimits } from './log'
import { messageId, Publishing } from './publishing'
import { Tail } from './tail'

/** What an engine is made of. */
export interface NatsParts {
  readonly open: OpenNats
  readonly name: string
  /** What the log may hold, bytes. @default as much as all histories together */
  readonly logBytes?: number | undefined
  readonly storage: 'file' | 'memory'
  readonly replicas: number
  /** The bounds that hold until a hub says others. */
  readonly bounds: HistoryBounds
  /** A clock for the history, ms. @default that of the server */
  readonly now?: () => number
}

/** The shortest that an entry stays in the log, ms: for a connection that is away. */
const leastAge = 60_000

/** An engine over NATS. Several processes with the same name are one hub. */
export class NatsEngine implements Engine {
  readonly #parts: NatsParts
  readonly #delivery = new Delivery((reason) => unreachable(new Error(reason)))
  readonly #waits = new Waits(() => unreachable(new Error('it was away for too long')))
  #bounds: HistoryBounds
  #fromHub = false
  #link: Link | undefined
  #tail: Tail | undefined
  #away = false
  readonly #publishing: Publishing

  constructor(parts: NatsParts) {
    this.#parts = parts
    this.#bounds = parts.bounds
    this.#publishing = new Publishing({
      link: () => this.#connected(),
      tail: () => this.#tail,
      now: parts.now,
      handedOn: (sequence) => this.#handedOn(sequence),
    })
  }

  start(to: EngineDelegate, bounds?: HistoryBounds): Promise<void> {
    this.#delivery.add(to)
    if (!this.#tail) {
      if (bounds) this.#bounds = bounds
      this.#fromHub = bounds !== undefined
      // One that was there only to send reads nothing.
      this.#link?.stop()
      this.#link = undefined
    }
    this.#connected().start()
    // One that comes to a log that is read already.
    if (this.#delivery.epoch !== undefined)
      for (const each of this.#tail?.refused.now() ?? []) to.signalled(each, Number.POSITIVE_INFINITY)
    return this.#waits.until(() => this.#delivery.epoch !== undefined || this.#delivery.size === 0)
  }

  cursor(): string | undefined {
    return this.#delivery.cursor()
  }

  async publish(broadcasts: readonly Outgoing[], id?: string, givenUp: readonly string[] = []): Promise<void> {
    if (broadcasts.length === 0 && givenUp.length === 0) return
    await this.#publishing.add(broadcasts, id, givenUp)
  }

  async refreshAll(id?: string): Promise<void> {
    const link = this.#connected()
    const { server } = await link.ready()
    const named = isUsableId(id)
    const own = named ? id : randomUUID()
    const mark = { epoch: randomUUID().slice(0, 8), server, began: 0, ...(named && { id }) }
    await link.append({ mark }, 0, { id: messageId(own) })
    // It has begun here once it was read, be that before or after the answer.
    await this.#tail?.sync()
  }

  async since(stream: string, cursor: string | null, deadline: Deadline): Promise<Replay> {
    for (;;) {
      await this.#waits.until(() => this.#delivery.epoch !== undefined && this.#connected().log !== undefined, deadline)
      const replay = this.#replay(stream, cursor)
      if (replay) return replay
      // Somebody else has seen more than this process has read.
      try {
        await this.#tail?.sync()
      } catch {
        // The connection has ended: it is asked again on the next one.
        await new Promise(setImmediate)
        continue
      }
      const after = this.#replay(stream, cursor)
      if (after || this.#delivery.epoch !== undefined) return after ?? this.#gap()
    }
  }

  async signal(signal: Signal): Promise<void> {
    const at = performance.now()
    const here = () => {
      this.#tail?.refused.unsaid(signal)
      // At least those who are here go.
      this.#delivery.signalled(signal, performance.now() - at)
    }
    if (signal.type !== 'whisper') return this.#publishing.say(signal, here)
    try {
      const log = await this.#connected().ready()
      log.say(JSON.stringify(signal))
    } catch (error) {
      here()
      throw unreachable(error as Error)
    }
  }

  async stop(to: EngineDelegate): Promise<void> {
    if (!this.#delivery.delete(to) || this.#delivery.size > 0) return
    this.#publishing.stop()
    this.#link?.stop()
    this.#link = undefined
    this.#tail?.stop()
    this.#tail = undefined
    this.#away = false
    this.#delivery.stop()
    this.#waits.look()
  }

  #connected(): Link {
    if (this.#link) return this.#link
    const { open, name } = this.#parts
    const tail = this.#delivery.size > 0 ? this.#newTail() : undefined
    const link = new Link({
      open,
      find: (opened) => Log.open(opened, name, this.#limits(), this.#fromHub),
      changed: (failed) => {
        if (failed) this.#gone(failed)
        else if (this.#away) this.#back()
        if (failed) tail?.close()
        this.#waits.look()
      },
      ...(tail && {
        greet: async (log) => {
          log.listen((text) => this.#delivery.signalled(JSON.parse(text) as Signal))
          await tail.open(log)
        },
      }),
    })
    this.#tail = tail
    this.#link = link
    return link
  }

  #newTail(): Tail {
    return new Tail({
      delivery: this.#delivery,
      book: (after) => new Book(this.#bounds, after, this.#parts.now),
      limits: () => this.#limits(),
      reset: (error) => this.#link?.reset(error),
    })
  }

  #limits(): LogLimits {
    const { logBytes, storage, replicas } = this.#parts
    const { ttl, totalBytes } = this.#bounds
    return { age: Math.max(ttl, leastAge), bytes: logBytes ?? Math.max(totalBytes, 16_777_216), storage, replicas }
  }

  #gone(error: Error): void {
    if (this.#away) return
    this.#away = true
    const message = wordsOf(error)
    warn(`NATS is away: ${message}. Pages stay connected; what is sent meanwhile is refused`)
    this.#delivery.away(message)
  }

  #back(): void {
    this.#away = false
    warn('NATS is back')
    this.#delivery.back()
  }

  // What was written has come back by the log.
  async #handedOn(sequence: number): Promise<void> {
    if (this.#delivery.size === 0) return
    const { epoch } = this.#delivery
    if (epoch === undefined) throw unreachable(new Error('the history began anew meanwhile'))
    await this.#delivery.until(epoch, positionOf(sequence))
  }

  // Undefined where the cursor is ahead of what was read here.
  #replay(stream: string, cursor: string | null): Replay | undefined {
    const at = this.#delivery.cursor()
    if (at === undefined) return undefined
    const position = this.#delivery.positionIn(at) as number
    if (cursor === null) return { recovered: true, position, cursor: at, messages: [] }
    const seen = this.#delivery.positionIn(cursor)
    if (seen === undefined) return this.#gap()
    const tail = this.#tail as Tail
    if (sequenceOf(seen) > tail.sequence) return undefined
    const messages = tail.book.since(stream, seen)
    if (!messages) return this.#gap()
    const cursorAt = (each: number) => this.#delivery.cursorAt(each)
    // Who began here after a message has the last position that it can give; who was handed it, that of its last broadcast.
    const upTo = Math.max(position, seen)
    return {
      recovered: true,
      position: upTo,
      cursor: cursorAt(upTo),
      messages: messages.map((message) => ({ ...message, cursor: cursorAt(message.position) })),
    }
  }

  #gap(): Replay {
    const cursor = this.#delivery.cursor() as string
    return { recovered: false, position: this.#delivery.positionIn(cursor) as number, cursor, messages: [] }
  }
}
