// Owns the connections, their subscriptions and the fan-out of one process. Knows no HTTP: it is given upgraded sockets.

import type { Duplex } from 'node:stream'
import type { Broadcast, Publisher, PublishOptions } from '../broadcast/publisher'
import type { Engine, Outgoing, Positioned, Replay } from '../engine/engine'
import { failure } from '../errors'
import { logger, warn } from '../log'
import type { ResolvedOptions } from '../options'
import { pingFrame, textFrame } from '../protocol/frame'
import { type Command, disconnect, ping, rejected, resumed, subscribed } from '../protocol/turbo-cable'
import { isStreamName } from '../stream/name'
import { type CableSocket, Connection, type ConnectionDelegate } from './connection'
import { FanOut } from './fan-out'
import { Heartbeat, type HeartbeatDelegate } from './heartbeat'
import type { HubStats } from './stats'
import { Subscriptions, type Topic } from './subscriptions'

const debug = logger('hub')
const plainPing = Buffer.concat([textFrame(ping()), pingFrame])

export class Hub implements Publisher, ConnectionDelegate, HeartbeatDelegate {
  readonly #engine: Engine
  readonly #options: ResolvedOptions
  readonly #connections = new Set<Connection>()
  readonly #subscriptions = new Subscriptions()
  readonly #fanOut: FanOut
  readonly #heartbeat: Heartbeat
  #broadcasts = 0
  #slowConsumers = 0
  #silentConnections = 0
  #closed = false
  #emptied: (() => void) | undefined

  constructor(engine: Engine, options: ResolvedOptions) {
    this.#engine = engine
    this.#options = options
    this.#fanOut = new FanOut((position) => engine.cursorAt(position))
    this.#heartbeat = new Heartbeat(options.heartbeat, this)
    engine.start((messages) => this.#deliver(messages))
    this.#heartbeat.start()
  }

  get closed(): boolean {
    return this.#closed
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
  accept(ws: CableSocket, socket: Duplex): void {
    const connection = new Connection(ws, socket, this.#options.limits.pendingBytes, this)
    this.#connections.add(connection)
    this.#heartbeat.add(connection)
    debug('connected, %d in all', this.#connections.size)
  }

  /** Resolves once every subscribed socket has been handed the messages; also when there is none. */
  async publish(broadcasts: readonly Broadcast[], options: PublishOptions = {}): Promise<void> {
    if (this.#closed) throw failure('TURBO_CABLE_CLOSED', ['broadcast'])
    const { exclude } = options
    const outgoing = broadcasts.map(({ stream, data }): Outgoing => {
      const json = JSON.stringify(data)
      return exclude === undefined ? { stream, json } : { stream, json, exclude }
    })
    await this.#engine.publish(outgoing)
    await this.#fanOut.flushed()
  }

  /**
   * Tells every client to reconnect, closes the sockets with 1012, and settles within `timeout` ms: who has not
   * answered by then is cut off.
   */
  async close(timeout: number): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#fanOut.flush()
    this.#heartbeat.stop()
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
    if (command.type === 'unsubscribe') this.#subscriptions.end(connection, command.stream)
    else if (command.type === 'subscribe') this.#subscribe(connection, command)
  }

  frameReceived(connection: Connection): void {
    this.#heartbeat.heard(connection)
  }

  connectionOverflowed(connection: Connection): void {
    this.#slowConsumers++
    debug('slow consumer dropped, %d bytes pending', connection.pending)
    this.#forget(connection)
    connection.terminate()
  }

  connectionClosed(connection: Connection): void {
    this.#forget(connection)
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
    connection.terminate()
  }

  #subscribe(connection: Connection, command: Extract<Command, { type: 'subscribe' }>): void {
    const { stream, cursor } = command
    if (!isStreamName(stream)) {
      this.#refuseName(connection, command.stream)
      return
    }
    const topic = this.#subscriptions.open(connection, stream, stream)
    // What was gathered before this subscribe belongs to those who were there: it must not reach the newcomer twice.
    if (topic.pending.length > 0) this.#fanOut.flush()
    if (cursor !== undefined) {
      connection.resumable = true
      connection.id = command.connection ?? connection.id
      void this.#resume(connection, topic, stream, cursor)
      return
    }
    topic.resumable.delete(connection)
    topic.plain.add(connection)
    connection.write(textFrame(subscribed(stream)))
  }

  #refuseName(connection: Connection, asked: string): void {
    const reason = Buffer.byteLength(asked) > 512 ? 'limit' : 'invalid'
    connection.write(textFrame(rejected(asked.slice(0, 512), reason)))
  }

  // Gapless also when the engine answers late: hold live messages back, replay, drop the overlap, go live.
  async #resume(connection: Connection, topic: Topic, asked: string, cursor: string | null): Promise<void> {
    const held: Positioned[] = []
    topic.plain.delete(connection)
    topic.resumable.delete(connection)
    topic.joining ??= new Map()
    if (!topic.joining.has(connection)) connection.joining++
    topic.joining.set(connection, held)
    const replay = await this.#replay(topic.name, cursor)
    // Gone, or asked again meanwhile: the later answer is the one that counts.
    if (topic.joining.get(connection) !== held) return
    topic.joining.delete(connection)
    connection.joining--
    const missed = [...replay.messages, ...held.filter((message) => message.position > replay.position)]
    const wanted = missed.filter((message) => message.exclude === undefined || message.exclude !== connection.id)
    // What this turn has gathered is among the held: the subscribers who are live get it now, this one below.
    if (topic.pending.length > 0) this.#fanOut.flush()
    const answer = textFrame(resumed(asked, this.#engine.cursorAt(replay.position), replay.recovered))
    topic.resumable.add(connection)
    connection.write(wanted.length === 0 ? answer : Buffer.concat([answer, this.#fanOut.frames(wanted)]))
  }

  // An engine that fails cannot say what was missed: that is a gap, not an error of the client's.
  async #replay(stream: string, cursor: string | null): Promise<Replay> {
    try {
      return await this.#engine.since(stream, cursor)
    } catch (error) {
      warn(`history of "${stream}" could not be read: ${error instanceof Error ? error.message : error}`)
      return { recovered: false, position: this.#engine.position(), messages: [] }
    }
  }

  #deliver(messages: readonly Positioned[]): void {
    for (const message of messages) {
      this.#broadcasts++
      const topic = this.#subscriptions.topic(message.stream)
      if (!topic) continue
      for (const held of topic.joining?.values() ?? []) held.push(message)
      if (topic.plain.size > 0 || topic.resumable.size > 0) this.#fanOut.add(topic, message)
    }
  }

  #forget(connection: Connection): void {
    this.#heartbeat.remove(connection)
    this.#subscriptions.endAll(connection)
    this.#connections.delete(connection)
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
