// Keeps connections alive and finds dead ones: pings in the words of each protocol, and the heartbeat under them.

import type { Connection } from './connection'
import { Heartbeat, type HeartbeatDelegate } from './heartbeat'
import { Pings } from './pings'

/** What `Pulse` works with. */
export interface PulseParts {
  /** The cursor of "has everything sent so far", where that is true of this connection now. */
  readonly reached: (connection: Connection) => string | undefined
  /** Ends a connection of which nothing was heard for too long. */
  readonly silent: (connection: Connection) => void
}

/** The pings of all connections. */
export class Pulse implements HeartbeatDelegate {
  readonly #parts: PulseParts
  readonly #heartbeat: Heartbeat
  /** By the time between two pings, ms. */
  readonly #pings = new Map<number, Pings>()

  /** `interval` and `timeout` are those of `Heartbeat`. */
  constructor(options: { readonly interval: number; readonly timeout: number }, parts: PulseParts) {
    this.#parts = parts
    this.#heartbeat = new Heartbeat(options, this)
  }

  /** Starts to ping. */
  start(): void {
    this.#heartbeat.start()
  }

  /** Stops to ping. */
  stop(): void {
    this.#heartbeat.stop()
    for (const pings of this.#pings.values()) pings.stop()
  }

  /** Begins to watch a connection. */
  add(connection: Connection): void {
    this.#heartbeat.add(connection)
    const { pingEvery } = connection.protocol
    if (pingEvery === undefined) return
    const pings = this.#pings.get(pingEvery) ?? new Pings(pingEvery)
    this.#pings.set(pingEvery, pings)
    pings.add(connection)
  }

  /** Stops to watch a connection. */
  remove(connection: Connection): void {
    this.#heartbeat.remove(connection)
    const { pingEvery } = connection.protocol
    if (pingEvery !== undefined) this.#pings.get(pingEvery)?.remove(connection)
  }

  /** Notes a sign of life. */
  heard(connection: Connection): void {
    this.#heartbeat.heard(connection)
  }

  // HeartbeatDelegate

  pingDue(connection: Connection): void {
    const { transport, protocol } = connection
    const { keepAlive } = transport.framing
    // A client that cannot answer is alive for as long as it reads.
    if (transport.oneWay && transport.pending === 0) this.#heartbeat.heard(connection)
    // Who has asked for nothing may be no client of this wire: Turbo's own <turbo-stream-source> would print the ping into the page.
    if (protocol.pingEvery !== undefined || !connection.asked) return void connection.write(keepAlive)
    const ping = connection.framed({ type: 'ping', at: Date.now(), cursor: this.#parts.reached(connection) })
    connection.write(Buffer.concat([ping, keepAlive]))
  }

  connectionSilent(connection: Connection): void {
    this.#parts.silent(connection)
  }
}
