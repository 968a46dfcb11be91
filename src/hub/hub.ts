// Owns the connections of one process, their subscriptions and the fan-out to them. Knows nothing of HTTP and of any wire: it is
// given a transport and a protocol for each client.

import { unknownCursor } from '../engine/cursor'
import type { Engine, EngineDelegate, HistoryBounds, Outgoing, Positioned, Signal } from '../engine/engine'
import { failure } from '../errors'
import { logger, warn } from '../log'
import type { ResolvedOptions } from '../options/options'
import type { Command, DisconnectReason, Protocol } from '../protocol/protocol'
import type { Broadcast, Publisher } from '../publisher/publisher'
import type { Transport } from '../transport/transport'
import { Arrivals } from './arrivals'
import { Backlog } from './backlog'
import { type CommandParts, obey } from './commands'
import { Connection, type ConnectionDelegate } from './connection'
import { Connections } from './connections'
import { Deliveries } from './deliveries'
import { FanOut } from './fan-out'
import { Gate, type Visitor } from './gate'
import { Pulse } from './pulse'
import { Removals } from './removals'
import { Replays } from './replays'
import type { HubStats } from './stats'
import { Subscribing } from './subscribing'
import { Subscriptions } from './subscriptions'
import { Whispers } from './whispers'

const debug = logger('hub')

// How long a client that is sent away may take to close, ms.
const goodbye = 2_000

/** The middle of a cable: takes broadcasts, and sends them to the clients that subscribed. */
export class Hub implements Publisher, EngineDelegate, ConnectionDelegate {
  /** Clients that wait until the app has said who they are. */
  readonly arrivals = new Arrivals()
  /** What takes connections and streams back. */
  readonly removals: Removals
  readonly #engine: Engine
  readonly #limits: ResolvedOptions['limits']
  /** Decides who may subscribe to what. */
  readonly gate: Gate
  readonly #connections = new Connections()
  readonly #subscriptions: Subscriptions
  readonly #subscribing: Subscribing
  readonly #replays: Replays
  readonly #fanOut = new FanOut((connection) => this.#tellPosition(connection))
  /** What the engine has handed on to this process. */
  readonly deliveries: Deliveries
  readonly #parts: CommandParts
  readonly pulse: Pulse
  readonly #backlog: Backlog<Connection>
  #slowConsumers = 0
  #silentConnections = 0
  /** Set by the first `close()`; later calls get the same promise. */
  #closing: Promise<void> | undefined

  constructor(engine: Engine, options: ResolvedOptions) {
    const { limits, refreshSpread } = options
    this.#engine = engine
    this.#limits = limits
    const gate = new Gate(options)
    this.gate = gate
    this.#subscriptions = new Subscriptions(
      () => this.#fanOut.flush(),
      ({ connection, address }) => this.#subscribing.reject(connection, address, 'expired'),
    )
    const progress = () => ({ position: this.deliveries.position, cursor: this.cursor() })
    const subscriptions = this.#subscriptions
    this.deliveries = new Deliveries({ subscriptions, fanOut: this.#fanOut, limits })
    const tellPosition = (connection: Connection) => this.#tellPosition(connection)
    const replays = new Replays({ engine, subscriptions, progress, limits, refreshSpread, tellPosition })
    this.#replays = replays
    this.#subscribing = new Subscribing({ gate, subscriptions, replays, deliveries: this.deliveries, limits })
    this.removals = new Removals({
      engine,
      gate,
      arrivals: this.arrivals,
      connections: this.#connections,
      subscriptions,
      subscribing: this.#subscribing,
      dismiss: (connection) => this.#part(connection, 1008, 'unauthorized', false),
    })
    this.#backlog = new Backlog(limits.totalPendingBytes, (connection) => connection.overflow())
    const whispers = new Whispers({ engine, subscriptions, rule: options.whispers })
    this.#parts = { subscribing: this.#subscribing, subscriptions, whispers, channels: this.gate.channels }
    this.pulse = new Pulse(options.heartbeat, {
      reached: (connection) => this.#reached(connection),
      silent: (connection) => {
        this.#silentConnections++
        this.#forget(connection)
        connection.terminate()
      },
    })
  }

  /** Starts the pings and the engine. Clients are served at once, also if the engine starts late or never. Never rejects. */
  async start(history?: HistoryBounds): Promise<void> {
    this.pulse.start()
    try {
      await this.#engine.start(this, history)
      this.deliveries.started(this.#engine.cursor())
    } catch (error) {
      warn(`the engine did not start: ${error instanceof Error ? error.message : error}`)
    }
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** How many clients are connected, or wait to be let in. */
  get size(): number {
    return this.#connections.size + this.arrivals.size
  }

  /** The cursor of this moment: "has everything sent so far". While that is unknown, a cursor that is always a gap. */
  cursor(): string {
    return this.#engine.cursor() ?? unknownCursor
  }

  stats(): HubStats {
    return {
      connections: this.#connections.size,
      streams: this.#subscriptions.streams,
      subscriptions: this.#subscriptions.count,
      broadcasts: this.deliveries.count,
      slowConsumers: this.#slowConsumers,
      silentConnections: this.#silentConnections,
    }
  }

  /** Makes a connection for a client that was let in, and welcomes it. `commands` are what it said with its request. */
  accept(transport: Transport, protocol: Protocol, visitor: Visitor, commands: readonly Command[] = []): void {
    const kept = this.gate.needsRequest ? visitor : { identity: visitor.identity, request: undefined }
    const connection = new Connection(transport, protocol, this.#limits, this.#backlog, kept, this)
    this.#connections.add(connection)
    this.pulse.add(connection)
    debug('connected, %d in all', this.#connections.size)
    connection.say({ type: 'welcome', id: connection.id })
    for (const command of commands) this.commandReceived(connection, command)
  }

  /**
   * Sends broadcasts. Resolves once they have been written to every subscribed socket of this process, also if there is none.
   * Two calls with the same `id` send once. Rejects with TURBO_CABLE_CLOSED after `close()`, and if the engine does.
   */
  async publish(broadcasts: readonly Broadcast[], id?: string, givenUp?: readonly string[]): Promise<void> {
    if (this.closed) throw failure('TURBO_CABLE_CLOSED', ['broadcast'])
    const outgoing = broadcasts.map(
      ({ stream, data, exclude }): Outgoing => ({ stream, json: JSON.stringify(data), exclude }),
    )
    await this.#engine.publish(outgoing, id, givenUp)
    await this.#fanOut.flushed()
  }

  // The clients come back with cursors that have a gap, and refresh their pages, spread over seconds.
  async refreshAll(id?: string): Promise<true> {
    if (this.closed) throw failure('TURBO_CABLE_CLOSED', ['refresh every page'])
    await this.#engine.refreshAll(id)
    return true
  }

  /** Tells every client to reconnect, closes with 1012, stops the engine. Who is left after `timeout` ms is cut off. */
  close(timeout: number): Promise<void> {
    this.#closing ??= this.#close(timeout)
    return this.#closing
  }

  async #close(timeout: number): Promise<void> {
    this.arrivals.close()
    this.#fanOut.flush()
    this.pulse.stop()
    this.#subscriptions.stop()
    this.#replays.stop()
    this.#connections.sendAway(timeout)
    await this.#connections.emptied(timeout)
    await this.#engine.stop(this)
  }

  // EngineDelegate

  delivered(messages: readonly Positioned[]): void {
    this.deliveries.take(messages)
  }

  // This process cannot tell who missed what. Every client comes back with its cursor, and the engine says whether there is a gap.
  lost(): void {
    debug('the log of the engine has a hole: %d sent away', this.#connections.size)
    this.deliveries.lost()
    for (const connection of this.#connections) this.#forget(connection)
    this.#connections.sendAway(goodbye)
  }

  signalled(signal: Signal): void {
    if (signal.type === 'whisper') this.#parts.whispers.heard(signal)
    else this.removals.signalled(signal)
  }

  // ConnectionDelegate

  commandReceived(connection: Connection, command: Command): void {
    obey(connection, command, this.#parts)
  }

  frameReceived(connection: Connection): void {
    this.pulse.heard(connection)
  }

  connectionTooFast(connection: Connection): void {
    debug('more messages than %d/s: disconnected', this.#limits.messagesPerSecond)
    this.#part(connection, 1008, 'limit', true)
  }

  connectionOverflowed(connection: Connection): void {
    this.#slowConsumers++
    debug('slow consumer dropped, %d bytes pending', connection.pending)
    this.#part(connection, 1013, 'slow_consumer', true)
  }

  connectionClosed(connection: Connection): void {
    this.#forget(connection)
    this.#connections.delete(connection)
    debug('disconnected, %d left', this.#connections.size)
  }

  // The cursor says "you have everything up to here", so nothing that came before may still be waiting.
  #reached(connection: Connection): string | undefined {
    if (!connection.resumes || this.#replays.underWay(connection)) return undefined
    this.#fanOut.flush()
    return this.#engine.cursor()
  }

  #tellPosition(connection: Connection): void {
    const cursor = connection.protocol.tellsPosition && this.#reached(connection)
    if (cursor) connection.say({ type: 'position', cursor })
  }

  // Ends all subscriptions, tells the client why, and closes.
  #part(connection: Connection, code: number, reason: DisconnectReason, reconnect: boolean): void {
    this.#forget(connection)
    connection.part({ type: 'disconnect', reason, reconnect }, code, goodbye)
  }

  #forget(connection: Connection): void {
    this.#backlog.forget(connection)
    this.pulse.remove(connection)
    this.#subscribing.forget(connection)
  }
}
