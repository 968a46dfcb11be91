// The engine of several processes: positions, history and log are in Redis, and each process follows the log.

import { warn } from '../../log'
import { maxIdLength } from '../../options/limits'
import { Delivery } from '../delivery'
import type { Deadline, Engine, EngineDelegate, HistoryBounds, Outgoing, Replay, Signal } from '../engine'
import { isRemoval } from '../removal'
import { Waits } from '../waits'
import type { OpenRedis } from './connection'
import { Link, type Seen, unreachable } from './link'
import { Publishing } from './publishing'
import { Tail } from './tail'

/** What an engine is made of. */
export interface RedisParts {
  readonly open: OpenRedis
  readonly prefix: string
  readonly logBytes: number
  /** The bounds that hold until a hub says others. */
  readonly bounds: HistoryBounds
  /** A clock for the history, ms. @default that of Redis */
  readonly now?: () => number
}

/** An engine over Redis. Several processes with the same prefix are one hub. */
export class RedisEngine implements Engine {
  readonly #parts: RedisParts
  readonly #delivery = new Delivery((reason) => unreachable(new Error(reason)))
  #bounds: HistoryBounds
  #fromHub = false
  #commands: Link | undefined
  #tail: { readonly link: Link; readonly tail: Tail } | undefined
  /** What Redis last said where no log is read. */
  #answered: Seen | undefined
  readonly #waits = new Waits(() => unreachable(new Error('it was away for too long')))
  readonly #away = new Set<Link>()
  readonly #publishing = new Publishing({
    link: () => this.#link(),
    bounds: () => this.#boundsText(),
    met: (seen) => this.#met(seen),
  })

  constructor(parts: RedisParts) {
    this.#parts = parts
    this.#bounds = parts.bounds
  }

  start(to: EngineDelegate, bounds?: HistoryBounds): Promise<void> {
    this.#delivery.add(to)
    if (bounds) {
      this.#bounds = bounds
      this.#fromHub = true
    }
    this.#tail?.tail.tell(to)
    this.#tail ??= this.#startTail()
    this.#link().start()
    return this.#waits.until(() => this.#delivery.epoch !== undefined || this.#delivery.size === 0)
  }

  cursor(): string | undefined {
    return this.#delivery.cursor()
  }

  async publish(broadcasts: readonly Outgoing[], id?: string, givenUp: readonly string[] = []): Promise<void> {
    if (broadcasts.length === 0 && givenUp.length === 0) return
    await this.#link().attempted()
    const { epoch, position } = await this.#publishing.add(broadcasts, id, givenUp)
    await this.#delivery.until(epoch, position)
  }

  async refreshAll(id = ''): Promise<void> {
    const link = this.#link()
    await link.attempted()
    this.#publishing.flush()
    const { seen } = await link.run('refreshAll', this.#boundsText(), id.length <= maxIdLength ? id : '')
    this.#met(seen)
  }

  async since(stream: string, cursor: string | null, deadline: Deadline): Promise<Replay> {
    for (;;) {
      await this.#waits.until(() => this.#delivery.epoch !== undefined && this.#link().open, deadline)
      const seen = cursor === null ? '' : (this.#delivery.positionIn(cursor) ?? 'none')
      try {
        const { seen: at, rest } = await this.#link().run('since', this.#boundsText(), stream, String(seen))
        this.#met(at)
        if (at.epoch === this.#delivery.epoch) return this.#replay(stream, Number.parseInt(at.id, 10), rest)
      } catch (error) {
        // It is asked again when Redis is back; that the connection has ended may be heard a moment after the error. An answer of
        // Redis that says no stays one.
        await new Promise(setImmediate)
        if (this.#link().open) throw error
      }
    }
  }

  async signal(signal: Signal): Promise<void> {
    const at = performance.now()
    await this.#link().attempted()
    // At least those who are here go.
    const here = () => this.#delivery.signalled(signal, performance.now() - at)
    await this.#publishing.say(signal, () => {
      this.#tail?.tail.unsaid(signal)
      here()
    })
    // Where only the log cannot be read it comes back late. A second time a removal changes nothing.
    if (this.#tail && !this.#tail.link.open && isRemoval(signal)) here()
  }

  async stop(to: EngineDelegate): Promise<void> {
    if (!this.#delivery.delete(to) || this.#delivery.size > 0) return
    this.#tail?.link.stop()
    this.#tail = undefined
    this.#publishing.stop()
    this.#commands?.stop()
    this.#commands = undefined
    this.#away.clear()
    this.#delivery.stop()
    this.#waits.look()
  }

  #link(): Link {
    this.#commands ??= this.#newLink({
      holds: true,
      greet: async (link) => void (await link.run('look', ...this.#look('keep'))),
    })
    return this.#commands
  }

  #startTail(): { link: Link; tail: Tail } {
    const tail = new Tail({
      delivery: this.#delivery,
      bounds: (first) => this.#look(first ? 'set' : 'keep'),
      began: () => this.#waits.look(),
      sayAgain: async (revocations) => {
        for (const each of revocations) await this.#publishing.say(each)
      },
    })
    const link = this.#newLink({
      holds: false,
      greet: (link) => tail.look(link),
      up: (link) => void tail.follow(link).catch((error: Error) => link.open && link.reset(error)),
    })
    link.start()
    return { link, tail }
  }

  #newLink(own: { holds: boolean; greet: (link: Link) => Promise<void>; up?: (link: Link) => void }): Link {
    const { open, prefix, now } = this.#parts
    return new Link({
      open,
      prefix,
      holds: own.holds,
      greet: own.greet,
      now: () => (now ? String(now()) : ''),
      seen: () => (this.#tail ? this.#tail.tail.seen : this.#answered),
      changed: (link, failed) => {
        if (failed) this.#gone(link, failed)
        else this.#back(link)
        if (!failed) own.up?.(link)
        if (!failed) this.#gather(link)
        this.#waits.look()
      },
    })
  }

  // Both connections have to lead to one server. The later one is where Redis is now.
  #gather(later: Link): void {
    for (const link of [this.#commands, this.#tail?.link]) {
      if (link?.isElsewhere(later)) link.reset(new Error('Redis is another one now'))
    }
  }

  #gone(link: Link, { message }: Error): void {
    if (this.#away.size === 0) {
      warn(`Redis is away: ${message}. Pages stay connected; what is sent meanwhile is refused`)
      this.#delivery.away(message)
    }
    this.#away.add(link)
  }

  #back(link: Link): void {
    if (!this.#away.delete(link) || this.#away.size > 0) return
    warn('Redis is back')
    this.#delivery.back()
  }

  // An answer may know of another history before the log says so.
  #met(seen: Seen): void {
    if (!this.#tail) this.#answered = { ...seen, at: performance.now() }
    if (this.#delivery.isNew(seen.epoch)) this.#tail?.tail.moveTo(seen, 'another history has begun')
  }

  #boundsText(): string {
    const { size, ttl, streamBytes, totalBytes } = this.#bounds
    return [size, ttl, streamBytes, totalBytes, this.#parts.logBytes].join(' ')
  }

  #look(bounds: 'set' | 'keep'): readonly string[] {
    return [this.#boundsText(), this.#fromHub ? bounds : '']
  }

  #replay(stream: string, position: number, [recovered, flat]: readonly unknown[]): Replay {
    const texts = (flat ?? []) as readonly string[]
    const cursorAt = (at: number) => this.#delivery.cursorAt(at)
    const messages = Array.from({ length: texts.length / 3 }, (_, index) => {
      const [at = 0, json = '', exclude = ''] = texts.slice(index * 3, index * 3 + 3)
      return { stream, json, exclude: exclude || undefined, position: Number(at), cursor: cursorAt(Number(at)) }
    })
    return { recovered: Number(recovered) === 1, position, cursor: cursorAt(position), messages }
  }
}
