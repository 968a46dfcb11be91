// The connections of this process, and how all of them are sent away.

import type { Connection } from './connection'

export class Connections {
  readonly #all = new Set<Connection>()
  #emptied: (() => void) | undefined

  get size(): number {
    return this.#all.size
  }

  add(connection: Connection): void {
    this.#all.add(connection)
  }

  delete(connection: Connection): void {
    if (this.#all.delete(connection) && this.#all.size === 0) this.#emptied?.()
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values()
  }

  /** Tells all to come back, spread over a time that grows with their number; cut off is who takes longer than `grace` ms to go. */
  sendAway(grace: number): void {
    const spread = Math.min(10_000, Math.max(500, this.#all.size * 2))
    for (const connection of this.#all) {
      const after = Math.floor(Math.random() * spread)
      const farewell = { type: 'disconnect', reason: 'server_restart', reconnect: true, after } as const
      connection.part(farewell, 1012, grace, 'server restart')
    }
  }

  /** Resolves when the last one has gone. Who is still there after `timeout` ms is cut off. */
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
