// Pings, and the end of those who fell silent. One timer for all: connections are dealt to slots that take turns over the
// interval, so there is no burst; and a set kept in order of last sign of life makes the deaths cheap to find.

import type { Connection } from './connection'

const slots = 30

export interface HeartbeatDelegate {
  pingDue(connection: Connection): void
  connectionSilent(connection: Connection): void
}

export class Heartbeat {
  readonly #slots: Set<Connection>[] = Array.from({ length: slots }, () => new Set())
  // Longest silent first: whoever is heard goes to the end.
  readonly #quietest = new Set<Connection>()
  readonly #tickMs: number
  readonly #timeoutTicks: number
  readonly #delegate: HeartbeatDelegate
  #timer: NodeJS.Timeout | undefined
  // Time is counted in ticks: a clock that jumps (suspend, NTP) must not kill everybody.
  #tick = 0
  #dealt = 0

  constructor(options: { readonly interval: number; readonly timeout: number }, delegate: HeartbeatDelegate) {
    this.#tickMs = options.interval / slots
    this.#timeoutTicks = Math.ceil(options.timeout / this.#tickMs)
    this.#delegate = delegate
  }

  start(): void {
    if (this.#timer) return
    this.#timer = setInterval(() => this.#beat(), this.#tickMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  add(connection: Connection): void {
    connection.slot = this.#dealt++ % slots
    this.#slots[connection.slot]?.add(connection)
    connection.heardAt = this.#tick
    this.#quietest.add(connection)
  }

  remove(connection: Connection): void {
    this.#slots[connection.slot]?.delete(connection)
    this.#quietest.delete(connection)
  }

  /** Any inbound frame is a sign of life. */
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
