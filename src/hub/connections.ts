// All connections of this process, and how they are sent away together.

import type { Connection } from './connection'

/** All connections of this process. */
export class Connections {
  readonly #all = new Set<Connection>()
  #emptied: (() => void) | undefined

  /** How many there are. */
  get size(): number {
    return this.#all.size
  }

  /** Adds a connection. */
  add(connection: Connection): void {
    this.#all.add(connection)
  }

  /** Removes a connection; one that is not there is ignored. */
  delete(connection: Connection): void {
    if (this.#all.delete(connection) && this.#all.size === 0) this.#emptied?.()
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  /**
   * Tells every client to reconnect, and closes with 1012. Each gets its own delay, so that they do not come back together:
   * up to 2 ms per connection, at least 500 ms and at most 10 s in all. Who has not closed after `grace` ms is cut off.
   */
  sendAway(grace: number): void {
    const spread = Math.min(10_000, Math.max(500, this.#all.size * 2))
    for (const connection of this.#all) {
      const after = Math.floor(Math.random() * spread)
      const farewell = { type: 'disconnect', reason: 'server_restart', reconnect: true, after } as const
      connection.part(farewell, 1012, grace, 'server restart')
    }
  }

  /** Resolves when the last connection has ended. Those that are left after `timeout` ms are cut off. */
  async emptied(timeout: number): Promise<void> {
    if (this.#all.size === 0) return
    const late = setTimeout(() => {
      for (const connection of this.#all) connection.terminate()
    }, timeout)
    await new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    clearTimeout(late)
  }
}
