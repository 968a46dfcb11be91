// Pings for protocols with a beat of their own. Connections are spread over slots, so that there is no burst; the text of a ping is
// the same for all, and made once per tick.

import type { Connection } from './connection'

// Each tick pings the connections of one slot.
const slots = 30

/** Pings the connections of one protocol. Its timer runs only while there are any. */
export class Pings {
  readonly #slots: Set<Connection>[] = Array.from({ length: slots }, () => new Set())
  readonly #every: number
  #timer: NodeJS.Timeout | undefined
  #count = 0
  #dealt = 0
  #tick = 0

  /** `every` is the time between two pings to a connection, ms. */
  constructor(every: number) {
    this.#every = every
  }

  /** Begins to ping a connection. */
  add(connection: Connection): void {
    connection.pingSlot = this.#dealt++ % slots
    this.#slots[connection.pingSlot]?.add(connection)
    this.#count++
    this.#timer ??= setInterval(() => this.#beat(), this.#every / slots).unref()
  }

  /** Stops to ping a connection; one that is not there is ignored. */
  remove(connection: Connection): void {
    if (this.#slots[connection.pingSlot]?.delete(connection) && --this.#count === 0) this.stop()
  }

  /** Stops to ping. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #beat(): void {
    const due = this.#slots[this.#tick++ % slots] as Set<Connection>
    const at = Date.now()
    const frames = new Map<string, Buffer>()
    for (const connection of due) {
      const { protocol, transport } = connection
      const kind = `${protocol.name} ${transport.framing.name}`
      const frame = frames.get(kind) ?? connection.framed({ type: 'ping', at })
      frames.set(kind, frame)
      connection.write(frame)
    }
  }
}
