// Owns the connections of one process, their subscriptions and the fan-out to them. Knows nothing of HTTP and of any wire: it is
// given a transport and a protocol for each client.

import type { Engine, EngineDelegate, HistoryBounds, Positioned, Signal } from '../engine/engine'
import { failure } from '../errors'
import type { ResolvedOptions } from '../options/options'
import type { Command, Protocol } from '../protocol/protocol'
import type { Broadcast, Publisher } from '../publisher/publisher'
import type { Transport } from '../transport/transport'
import { Arrivals } from './arrivals'
import { Backlog } from './backlog'
import { BroadcastNews } from './broadcast-news'
import { type CommandParts, obey } from './commands'
import { Connection, type ConnectionDelegate } from './connection'
import { Connections } from './connections'
import { Deliveries } from './deliveries'
import { Departures } from './departures'
import { EngineWatch } from './engine-watch'
import { FanOut } from './fan-out'
import { Gate, type Visitor } from './gate'
import { Presence } from './presence'
import { Pulse } from './pulse'
import { Removals } from './removals'
import { Replays } from './replays'
import { Sending } from './sending'
import type { HubStats } from './stats'
import { Subscribing } from './subscribing'
import { type Subscription, Subscriptions } from './subscriptions'
import { HubView } from './view'
import { Whispers } from './whispers'

let made = 0

/** The middle of a cable: takes broadcasts, and sends them to the clients that subscribed. */
export class Hub implements Publisher, EngineDelegate, ConnectionDelegate {
  /** Unique in this process: `'cable-1'`. */
  readonly id = `cable-${++made}`
  /** Clients that wait until the app has said who they are. */
  readonly arrivals = new Arrivals()
  /** What takes connections and streams back. */
  readonly removals: Removals
  readonly #engine: Engine
  readonly limits: ResolvedOptions['limits']
  /** Decides who may subscribe to what. */
  readonly gate: Gate
  /** Those that were let in. */
  readonly connections = new Connections((connection) => this.#departures.expire(connection))
  readonly #subscriptions: Subscriptions
  readonly #subscribing: Subscribing
  readonly #replays: Replays
  readonly #news = new BroadcastNews(this.id)
  readonly #fanOut = new FanOut((connection) => this.#tellPosition(connection), this.#news)
  /** Takes what the app itself broadcasts, also while the hub closes and after that. */
  readonly sending: Sending
  /** Whether the engine is there. */
  readonly watch = new EngineWatch(this.id)
  /** What the engine has handed on to this process. */
  readonly deliveries: Deliveries
  readonly #parts: CommandParts
  /** What is to be seen of it. */
  readonly view: HubView
  readonly pulse: Pulse
  readonly #departures: Departures
  readonly presence: Presence
  readonly #backlog: Backlog<Connection>
  /** Set by the first `close()`; later calls get the same promise. */
  #closing: Promise<void> | undefined

  constructor(engine: Engine, options: ResolvedOptions) {
    const { limits, refreshSpread } = options
    this.#engine = engine
    this.limits = limits
    this.gate = new Gate(options)
    this.sending = new Sending({ engine, fanOut: this.#fanOut, news: this.#news })
    this.presence = new Presence({ engine, options, subscriptions: () => this.#subscriptions })
    const { gate, presence } = this
    const expired = ({ connection, address }: Subscription) => this.#subscribing.reject(connection, address, 'expired')
    const subscriptions = new Subscriptions(() => this.#fanOut.flush(), expired, presence.used ? presence : undefined)
    this.#subscriptions = subscriptions
    this.view = new HubView(this.connections, subscriptions)
    const progress = () => ({ position: this.deliveries.position, cursor: this.cursor() })
    this.deliveries = new Deliveries({ subscriptions, fanOut: this.#fanOut, news: this.#news, limits })
    const tellPosition = (connection: Connection) => this.#tellPosition(connection)
    const replays = new Replays({ engine, subscriptions, progress, limits, refreshSpread, tellPosition })
    this.#replays = replays
    const subscribing = new Subscribing({ gate, subscriptions, replays, deliveries: this.deliveries, presence, limits })
    this.#subscribing = subscribing
    const [arrivals, connections] = [this.arrivals, this.connections]
    const dismiss = (connection: Connection) => this.#departures.dismiss(connection)
    this.removals = new Removals({ engine, gate, arrivals, connections, subscriptions, subscribing, presence, dismiss })
    this.#backlog = new Backlog(limits.totalPendingBytes, (connection) => connection.overflow())
    const whispers = new Whispers({ cable: this.id, engine, subscriptions, rule: options.whispers })
    this.#parts = { subscribing, subscriptions, whispers, presence, channels: gate.channels }
    this.pulse = new Pulse(options.heartbeat, {
      reached: (connection) => this.#reached(connection),
      silent: (connection) => this.#departures.drop(connection, 'silent'),
    })
    this.#departures = new Departures({ connections, backlog: this.#backlog, pulse: this.pulse, subscribing })
  }

  /** Starts the pings and the engine. Clients are served at once, also if the engine starts late or never. Never rejects. */
  async start(history?: HistoryBounds): Promise<void> {
    this.pulse.start()
    const { early } = this.#subscribing
    try {
      const starting = this.#engine.start(this, history)
      if (this.#engine.cursor() === undefined) early.begin()
      await starting
      this.deliveries.started(this.#engine.cursor())
      this.watch.up()
    } catch (error) {
      this.watch.failed(error)
    }
    early.end()
    await this.presence.start()
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** How many clients are connected, or wait to be let in. */
  get size(): number {
    return this.connections.size + this.arrivals.size
  }

  /** The cursor of this moment: "has everything sent so far". While that is unknown, a cursor that is always a gap. */
  cursor(): string {
    return this.sending.cursor()
  }

  stats(): HubStats {
    return this.view.stats(this.deliveries.count)
  }

  /** Makes a connection for a client that was let in, and welcomes it. `commands` are what it said with its request. */
  accept(transport: Transport, protocol: Protocol, visitor: Visitor, commands: readonly Command[] = []): void {
    const kept = this.gate.needsRequest ? visitor : { ...visitor, request: undefined }
    const connection = new Connection(transport, protocol, this.limits, this.#backlog, kept, this)
    this.connections.add(connection)
    this.pulse.add(connection)
    connection.say({ type: 'welcome', id: connection.id })
    for (const command of commands) this.commandReceived(connection, command)
  }

  /**
   * Sends broadcasts of who can bring them again. Resolves once they have been written to every subscribed socket of this process,
   * also if there is none. Two calls with the same `id` send once. Rejects with TURBO_CABLE_CLOSED after `close()`, and if the
   * engine does.
   */
  async publish(broadcasts: readonly Broadcast[], id?: string, givenUp?: readonly string[]): Promise<void> {
    if (this.closed) throw failure('TURBO_CABLE_CLOSED', ['broadcast'])
    await this.sending.publish(broadcasts, id, givenUp)
  }

  async refreshAll(id?: string): Promise<true> {
    if (this.closed) throw failure('TURBO_CABLE_CLOSED', ['refresh every page'])
    return this.sending.refreshAll(id)
  }

  /**
   * Tells every client to reconnect, closes with 1012. Who is left after `timeout` ms is cut off. When all are gone, and `last` is
   * done, which may still send, it stops the engine.
   */
  close(timeout: number, last?: Promise<unknown>): Promise<void> {
    this.#closing ??= this.#close(timeout, last)
    return this.#closing
  }

  async #close(timeout: number, last?: Promise<unknown>): Promise<void> {
    this.arrivals.close()
    this.#fanOut.flush()
    this.pulse.stop()
    this.#subscriptions.stop()
    this.#replays.stop()
    this.removals.said.stop()
    const spread = this.connections.sendAway(timeout)
    await Promise.all([this.presence.close(spread, timeout), this.connections.emptied(timeout), last])
    await this.#engine.stop(this)
  }

  // EngineDelegate

  delivered(messages: readonly Positioned[]): void {
    this.deliveries.take(messages)
  }

  // This process cannot tell who missed what. Every client comes back with its cursor, and the engine says whether there is a gap.
  lost(missed = true): void {
    this.watch.lost()
    this.deliveries.lost(missed)
    if (missed) this.sending.lost()
    this.removals.said.lost()
    this.presence.prolong(this.#departures.sendAway())
  }

  away(reason: string): void {
    this.watch.away(reason)
    this.removals.said.away()
  }

  back(): void {
    this.removals.said.back()
    this.watch.up()
  }

  signalled(signal: Signal, age?: number): void {
    if (signal.type === 'whisper') this.#parts.whispers.heard(signal)
    else if (signal.type === 'presence') this.presence.heard(signal)
    else this.removals.signalled(signal, age)
  }

  // ConnectionDelegate

  commandReceived(connection: Connection, command: Command): void {
    obey(connection, command, this.#parts)
  }

  frameReceived(connection: Connection): void {
    this.pulse.heard(connection)
  }

  connectionTooFast(connection: Connection): void {
    this.#departures.drop(connection, 'limit')
  }

  connectionOverflowed(connection: Connection): void {
    this.#departures.drop(connection, 'slow_consumer')
  }

  connectionClosed(connection: Connection): void {
    this.#departures.forget(connection)
    this.connections.delete(connection)
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
}
