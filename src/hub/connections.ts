// All connections of this process, and how they are sent away together.

import { type DroppedEvent, tell } from '../diagnostics'
import { within } from '../in-time'
import { logger } from '../log'
import type { Connection } from './connection'
import { Expiry } from './expiry'

const debug = logger('hub')

// How long those that are cut off may take to tell that they have ended, ms.
const moment = 100

/** All connections of this process. */
export class Connections {
  readonly #all = new Set<Connection>()
  readonly #expiry: Expiry<Connection>
  #emptied: (() => void) | undefined
  #made = 0
  /** How many were sent away since the start because of what they cost, by reason. */
  readonly dropped: Record<DroppedEvent['reason'], number> = { slow_consumer: 0, silent: 0, limit: 0 }

  /** `expired` gets each connection whose right has come to its end. */
  constructor(expired: (connection: Connection) => void) {
    this.#expiry = new Expiry(expired)
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size
  }

  /** Adds a connection. */
  add(connection: Connection): void {
    connection.number = ++this.#made
    this.#all.add(connection)
    this.#expiry.add(connection)
    debug('connected, %d in all', this.#all.size)
    tell('turbo-cable:connected', () => {
      const { client, wire, transport } = connection
      return { ...client, protocol: wire, transport: transport.framing.name, address: transport.address }
    })
  }

  /** Removes a connection; one that is not there is ignored. */
  delete(connection: Connection): void {
    this.#expiry.remove(connection)
    if (!this.#all.delete(connection)) return
    debug('disconnected, %d left', this.#all.size)
    tell('turbo-cable:disconnected', () => ({ ...connection.client, reason: connection.ends }))
    if (this.#all.size === 0) this.#emptied?.()
  }

  /** Counts one that is sent away because of what it costs. */
  drop(connection: Connection, reason: DroppedEvent['reason']): void {
    const { pending } = connection
    this.dropped[reason]++
    connection.ends = reason
    debug('dropped, %s, %d bytes pending', reason, pending)
    tell('turbo-cable:dropped', () => ({ ...connection.client, reason, pending }))
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  /**
   * Tells every client to reconnect, and closes with 1012. Each gets its own delay, so that they do not come back together:
   * up to 2 ms per connection, at least 500 ms and at most 10 s in all. Who has not closed after `grace` ms is cut off. Returns
   * how long they need, ms.
   */
  sendAway(grace: number): number {
    const spread = Math.min(10_000, Math.max(500, this.#all.size * 2))
    for (const connection of this.#all) {
      const after = Math.floor(Math.random() * spread)
      const farewell = { type: 'disconnect', reason: 'server_restart', reconnect: true, after } as const
      connection.part(farewell, 1012, grace, 'server restart')
    }
    return spread
  }

  /** Resolves when the last connection has ended. Those that are left after `timeout` ms are cut off, and waited for no longer. */
  async emptied(timeout: number): Promise<void> {
    if (this.#all.size === 0) return
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    await within(timeout, emptied)
    if (this.#all.size === 0) return
    for (const connection of this.#all) connection.terminate()
    // The end does not depend on what each transport tells.
    await within(moment, emptied)
  }
}
