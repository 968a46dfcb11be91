// Follows the log of Redis on a connection of its own. It goes on where it was after each interruption, and notices anything
// that is missing: each entry names the one before it.

import { logger } from '../../log'
import type { Delivery } from '../delivery'
import type { Positioned, Signal } from '../engine'
import type { Link, Seen } from './link'

const debug = logger('redis')

/** How long one read waits for something new, ms. After it, the tail has a look at whether all is as it was. */
const block = 1_000

/** How many entries one read takes. */
const most = 500

type Entry = readonly [id: string, fields: readonly string[]]

/** Reads the log of one process. */
export class Tail {
  readonly #delivery: Delivery
  readonly #bounds: (first: boolean) => readonly string[]
  readonly #began: () => void
  #seen: Seen | undefined

  /** `bounds` are what a look says that the history is to keep, the first one or a later one; `began` is called when it knows where the log is. */
  constructor(delivery: Delivery, bounds: (first: boolean) => readonly string[], began: () => void) {
    this.#delivery = delivery
    this.#bounds = bounds
    this.#began = began
  }

  /** The last entry that was handed on. */
  get seen(): Seen | undefined {
    return this.#seen
  }

  /** Has a look at where the log is. The first look is where the tail begins; later ones must agree with what it has seen. */
  async look(link: Link): Promise<void> {
    const { seen } = await link.run('look', ...this.#bounds(!this.#seen))
    if (this.#seen && seen.epoch !== this.#seen.epoch) this.leave('another history has begun')
    if (this.#seen) return
    this.#seen = seen
    this.#delivery.begin(seen.epoch, positionOf(seen.id))
    this.#began()
  }

  /** Whatever was seen is not gone on from. */
  leave(why: string): void {
    debug('%s, after %s', why, this.#seen?.id)
    this.#seen = undefined
    this.#delivery.lost()
  }

  /** Reads until the link has no connection any more. */
  async follow(link: Link): Promise<void> {
    while (link.open) {
      const from = this.#seen
      if (!from) {
        await this.look(link)
        continue
      }
      const command = ['XREAD', 'COUNT', String(most), 'BLOCK', String(block), 'STREAMS', link.log, from.id]
      const answer = (await link.send(command)) as readonly (readonly [string, readonly Entry[]])[] | null
      if (this.#seen !== from) continue
      if (answer?.[0]) this.#take(from, answer[0][1])
      else await this.look(link)
    }
  }

  #take(from: Seen, entries: readonly Entry[]): void {
    const { epoch } = from
    let messages: Positioned[] = []
    let seen = from
    for (const [id, fields] of entries) {
      const [, stream = '', , json = '', , exclude, , tag = '', , before] = fields
      if (before !== seen.tag) {
        this.#hand(messages, seen)
        this.leave('an entry does not follow')
        return
      }
      seen = { epoch, id, tag }
      if (stream !== '') {
        const position = positionOf(id)
        messages.push({
          stream,
          json,
          exclude: exclude || undefined,
          position,
          cursor: this.#delivery.cursorAt(position),
        })
      } else {
        this.#hand(messages, seen)
        messages = []
        this.#delivery.signalled(JSON.parse(json) as Signal)
      }
    }
    this.#hand(messages, seen)
  }

  #hand(messages: readonly Positioned[], seen: Seen): void {
    this.#seen = seen
    this.#delivery.delivered(messages)
  }
}

function positionOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')))
}
