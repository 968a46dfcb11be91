// Owns the connections, their subscriptions and the fan-out of one process. Knows no HTTP: it is given upgraded sockets.

import type { Duplex } from 'node:stream'
import type { Engine, Outgoing, Positioned } from '../engine/engine'
import { failure } from '../errors'
import { logger } from '../log'
import type { Identity, ResolvedOptions } from '../options/options'
import { pingFrame, textFrame } from '../protocol/frame'
import { type Command, disconnect, ping } from '../protocol/turbo-cable'
import type { Broadcast, Publisher } from '../publisher/publisher'
import { type CableSocket, Connection, type ConnectionDelegate } from './connection'
import { FanOut } from './fan-out'
import { Gate, type Visitor } from './gate'
import { Heartbeat, type HeartbeatDelegate } from './heartbeat'
import type { HubStats } from './stats'
import { Subscribing } from './subscribing'
import { Subscriptions } from './subscriptions'

const debug = logger('hub')
const plainPing = Buffer.concat([textFrame(ping()), pingFrame])

// How long a client that does not read may take to read its goodbye, ms.
const goodbye = 2_000

export class Hub implements Publisher, ConnectionDelegate, HeartbeatDelegate {
  readonly #engine: Engine
  readonly #limits: ResolvedOptions['limits']
  readonly #gate: Gate
  readonly #connections = new Set<Connection>()
  readonly #subscriptions: Subscriptions
  readonly #subscribing: Subscribing
  readonly #fanOut: FanOut
  readonly #heartbeat: Heartbeat
  #broadcasts = 0
  #slowConsumers = 0
  #silentConnections = 0
  /** Under way or done; whoever closes again waits for the same end. */
  #closing: Promise<void> | undefined
  #emptied: (() => void) | undefined

  constructor(engine: Engine, options: ResolvedOptions) {
    const { limits, refreshSpread } = options
    const fanOut = new FanOut((position) => engine.cursorAt(position))
    const gate = new Gate(options)
    const subscriptions = new Subscriptions(({ connection, asked }) =>
      this.#subscribing.reject(connection, asked, 'expired'),
    )
    this.#engine = engine
    this.#limits = limits
    this.#gate = gate
    this.#fanOut = fanOut
    this.#subscriptions = subscriptions
    this.#subscribing = new Subscribing({ engine, gate, subscriptions, fanOut, limits, refreshSpread })
    this.#heartbeat = new Heartbeat(options.heartbeat, this)
    engine.start((messages) => this.#deliver(messages))
    this.#heartbeat.start()
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** The cursor of this moment: "has seen everything sent so far". */
  cursor(): string {
    return this.#engine.cursorAt(this.#engine.position())
  }

  stats(): HubStats {
    return {
      connections: this.#connections.size,
      streams: this.#subscriptions.streams,
      subscriptions: this.#subscriptions.count,
      broadcasts: this.#broadcasts,
      slowConsumers: this.#slowConsumers,
      silentConnections: this.#silentConnections,
    }
  }

  /** Takes an upgraded socket. */
  accept(ws: CableSocket, socket: Duplex, { identity, request }: Visitor): void {
    const visitor = { identity, request: this.#gate.asksTheApp ? request : undefined }
    const connection = new Connection(ws, socket, this.#limits, visitor, this)
    this.#connections.add(connection)
    this.#heartbeat.add(connection)
    debug('connected, %d in all', this.#connections.size)
  }

  /** Resolves once every subscribed socket has been handed the messages; also when there is none. */
  async publish(broadcasts: readonly Broadcast[]): Promise<void> {
    if (this.closed) throw failure('TURBO_CABLE_CLOSED', ['broadcast'])
    const outgoing = broadcasts.map(
      ({ stream, data, exclude }): Outgoing => ({ stream, json: JSON.stringify(data), exclude }),
    )
    await this.#engine.publish(outgoing)
    await this.#fanOut.flushed()
  }

  /** Closes every connection whose identity matches. What `match` throws reaches the caller, before anything is closed. */
  disconnect(match: (identity: Identity) => boolean): void {
    const matching = [...this.#connections].filter(({ identity }) => match(identity))
    for (const connection of matching) this.#part(connection, 1008, disconnect('unauthorized', false))
  }

  /** Ends the subscriptions of whoever matches, and refuses the stream to them until the returned function is called. */
  revoke(stream: string, match: (identity: Identity) => boolean): () => void {
    const connections = [...(this.#subscriptions.topic(stream)?.connections() ?? [])]
    const matching = connections.filter(({ identity }) => match(identity))
    for (const connection of matching) {
      for (const { asked, topic } of [...connection.subscriptions.values()]) {
        if (topic.name === stream) this.#subscribing.reject(connection, asked, 'unauthorized')
      }
    }
    return this.#gate.revoke(stream, match)
  }

  /**
   * Tells every client to reconnect, closes the sockets with 1012, and settles within `timeout` ms: who has not
   * answered by then is cut off.
   */
  close(timeout: number): Promise<void> {
    this.#closing ??= this.#close(timeout)
    return this.#closing
  }

  async #close(timeout: number): Promise<void> {
    this.#fanOut.flush()
    this.#heartbeat.stop()
    this.#subscriptions.stop()
    const spread = Math.min(10_000, Math.max(500, this.#connections.size * 2))
    for (const connection of this.#connections) {
      connection.write(textFrame(disconnect('server_restart', true, Math.floor(Math.random() * spread))))
      connection.close(1012, 'server restart')
    }
    if (this.#connections.size > 0) await this.#emptiedWithin(timeout)
    await this.#engine.stop()
  }

  // ConnectionDelegate

  commandReceived(connection: Connection, command: Command): void {
    if (command.type === 'unsubscribe') this.#subscribing.unsubscribe(connection, command.stream)
    else if (command.type === 'subscribe') this.#subscribing.subscribe(connection, command)
  }

  frameReceived(connection: Connection): void {
    this.#heartbeat.heard(connection)
  }

  connectionTooFast(connection: Connection): void {
    debug('more messages than %d/s: disconnected', this.#limits.messagesPerSecond)
    this.#part(connection, 1008, disconnect('limit', true))
  }

  connectionOverflowed(connection: Connection): void {
    this.#slowConsumers++
    debug('slow consumer dropped, %d bytes pending', connection.pending)
    this.#part(connection, 1013, disconnect('slow_consumer', true))
  }

  connectionClosed(connection: Connection): void {
    this.#forget(connection)
    this.#connections.delete(connection)
    debug('disconnected, %d left', this.#connections.size)
    if (this.#connections.size === 0) this.#emptied?.()
  }

  // HeartbeatDelegate

  pingDue(connection: Connection): void {
    // The cursor in a ping says "you have everything up to here", so nothing may be waiting behind it.
    const current = connection.resumable && connection.joining === 0
    if (current) this.#fanOut.flush()
    connection.write(current ? Buffer.concat([textFrame(ping(this.cursor())), pingFrame]) : plainPing)
  }

  connectionSilent(connection: Connection): void {
    this.#silentConnections++
    this.#forget(connection)
    connection.terminate()
  }

  #deliver(messages: readonly Positioned[]): void {
    for (const message of messages) {
      this.#broadcasts++
      const topic = this.#subscriptions.topic(message.stream)
      if (!topic) continue
      for (const { held } of topic.joining?.values() ?? []) held.push(message)
      if (topic.plain.size > 0 || topic.resumable.size > 0) this.#fanOut.add(topic, message)
    }
  }

  // Says goodbye and why, and cuts off who does not take it in time. Until then it gets nothing more.
  #part(connection: Connection, code: number, farewell: string): void {
    this.#forget(connection)
    connection.part(textFrame(farewell), code, goodbye)
  }

  #forget(connection: Connection): void {
    this.#heartbeat.remove(connection)
    this.#subscriptions.endAll(connection)
    connection.asking?.clear()
  }

  #emptiedWithin(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const cutOff = setTimeout(() => {
        for (const connection of this.#connections) connection.terminate()
      }, timeout)
      this.#emptied = () => {
        clearTimeout(cutOff)
        resolve()
      }
    })
  }
}
