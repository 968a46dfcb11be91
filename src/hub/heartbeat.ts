// Pings each connection once per interval, and finds those that have fallen silent. One timer serves all. Connections are spread
// over slots, and each tick pings one slot, so that there is no burst. A set in order of the last sign of life has the longest
// silent first.

import type { Connection } from './connection'

// Parts of the interval; each tick pings the connections of one.
const slots = 30

/** What a heartbeat tells its owner. */
export interface HeartbeatDelegate {
  /** It is time to ping this connection. */
  pingDue(connection: Connection): void
  /** Nothing was heard of this connection for `timeout` ms. It is watched no more. */
  connectionSilent(connection: Connection): void
}

/** Watches connections. */
export class Heartbeat {
  readonly #slots: Set<Connection>[] = Array.from({ length: slots }, () => new Set())
  // The longest silent comes first: a connection that is heard moves to the end.
  readonly #quietest = new Set<Connection>()
  readonly #tickMs: number
  readonly #timeoutTicks: number
  readonly #delegate: HeartbeatDelegate
  #timer: NodeJS.Timeout | undefined
  // Time is counted in ticks. If the clock jumps (suspend, NTP), nobody must die of it.
  #tick = 0
  #dealt = 0

  /** `interval` is the time between two pings to a connection, `timeout` the silence that ends it; both ms. */
  constructor(options: { readonly interval: number; readonly timeout: number }, delegate: HeartbeatDelegate) {
    this.#tickMs = options.interval / slots
    this.#timeoutTicks = Math.ceil(options.timeout / this.#tickMs)
    this.#delegate = delegate
  }

  /** Starts to ping; a second call does nothing. */
  start(): void {
    if (this.#timer) return
    this.#timer = setInterval(() => this.#beat(), this.#tickMs)
    this.#timer.unref()
  }

  /** Stops to ping. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Begins to watch a connection. */
  add(connection: Connection): void {
    connection.slot = this.#dealt++ % slots
    this.#slots[connection.slot]?.add(connection)
    connection.heardAt = this.#tick
    this.#quietest.add(connection)
  }

  /** Stops to watch a connection. */
  remove(connection: Connection): void {
    this.#slots[connection.slot]?.delete(connection)
    this.#quietest.delete(connection)
  }

  /** Notes that a frame came in. A connection that is not watched is ignored. */
  heard(connection: Connection): void {
    if (connection.heardAt === this.#tick || !this.#quietest.delete(connection)) return
    connection.heardAt = this.#tick
    this.#quietest.add(connection)
  }

  #beat(): void {
    this.#tick++
    for (const connection of this.#quietest) {
      if (this.#tick - connection.heardAt < this.#timeoutTicks) break
      this.remove(connection)
      this.#delegate.connectionSilent(connection)
    }
    for (const connection of this.#slots[this.#tick % slots] ?? []) this.#delegate.pingDue(connection)
  }
}
