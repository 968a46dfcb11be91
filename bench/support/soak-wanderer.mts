// One client of the soak: a page that comes and goes, falls asleep, subscribes and unsubscribes, and minds what it is given.

import { type Connection, createConnection } from '../../client/connection.ts'
import type { Listener } from '../../client/subscriptions.ts'
import { Plug } from './plug.mts'
import { pause } from './reliability-clock.mts'
import type { Payload } from './reliability-server.mts'

/** What all wanderers of a process went through. */
export const journal = { visits: 0, sleeps: 0, subscribes: 0, unsubscribes: 0, messages: 0, gaps: 0, faults: 0 }

interface Held {
  readonly listener: Listener
  readonly leave: () => void
}

export class Wanderer {
  readonly #url: string
  readonly #pool: readonly string[]
  readonly #home: readonly string[]
  readonly #plug = new Plug()
  readonly #held = new Map<string, Held>()
  #connection: Connection | undefined
  #wandering = false
  #done: Promise<void> = Promise.resolve()

  /** `home`: the streams that it listens to when it is called together. */
  constructor(url: string, pool: readonly string[], home: readonly string[]) {
    this.#url = url
    this.#pool = pool
    this.#home = home
  }

  /** Is it served on the streams of its home, and on no other? */
  get settled(): boolean {
    return (
      this.#held.size === this.#home.length && [...this.#held.values()].every(({ listener }) => !!listener.connected)
    )
  }

  /** Does something every now and then, `every` ms on average. */
  wander(every: number): void {
    this.#wandering = true
    this.#done = this.#steps(every)
  }

  async comeHome(): Promise<void> {
    this.#wandering = false
    await this.#done
    if (!this.#connection) this.#arrive()
    for (const stream of this.#home) this.#subscribe(stream)
    for (const stream of [...this.#held.keys()]) if (!this.#home.includes(stream)) this.#unsubscribe(stream)
  }

  /** The page is closed. */
  depart(): void {
    for (const stream of [...this.#held.keys()]) this.#unsubscribe(stream)
    this.#connection?.suspend()
    this.#connection = undefined
  }

  async #steps(every: number): Promise<void> {
    while (this.#wandering) {
      await this.#rest(Math.random() * 2 * every)
      if (this.#wandering) await this.#step(every)
    }
  }

  async #step(every: number): Promise<void> {
    const chance = Math.random()
    if (chance < 0.35) this.#subscribe(this.#pool[Math.floor(Math.random() * this.#pool.length)] as string)
    else if (chance < 0.65) this.#unsubscribe([...this.#held.keys()][0])
    // A name that nobody else has.
    else if (chance < 0.75) this.#subscribe(`own:${Math.random()}`)
    else if (chance < 0.9) await this.#sleep(Math.random() * 2 * every)
    else {
      this.depart()
      await this.#rest(Math.random() * every)
      this.#arrive()
      for (const stream of this.#home) this.#subscribe(stream)
    }
  }

  // The machine sleeps: its sockets end without a close, and there are no others until it wakes.
  async #sleep(milliseconds: number): Promise<void> {
    journal.sleeps++
    this.#plug.pull()
    await this.#rest(milliseconds)
    this.#plug.push()
    this.#connection?.wake()
  }

  async #rest(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0 && this.#wandering; left -= 250) await pause(Math.min(left, 250))
  }

  #arrive(): void {
    journal.visits++
    this.#connection = createConnection(this.#url, {
      WebSocket: this.#plug.WebSocket,
      gap: () => {
        journal.gaps++
      },
    })
  }

  #subscribe(stream: string): void {
    if (!this.#connection || this.#held.has(stream)) return
    journal.subscribes++
    let last: number | undefined
    const listener: Listener = {
      cursor: null,
      waiting: true,
      notify() {},
      deliver({ data }) {
        // Only the bench's server sends, and it numbers each stream's messages one after the other.
        const { n } = data as Payload
        journal.messages++
        if (last !== undefined && n !== last + 1) journal.faults++
        last = n
      },
    }
    this.#held.set(stream, { listener, leave: this.#connection.subscribe(stream, listener) })
  }

  #unsubscribe(stream: string | undefined): void {
    const held = stream !== undefined && this.#held.get(stream)
    if (!held) return
    journal.unsubscribes++
    this.#held.delete(stream)
    held.leave()
  }
}
