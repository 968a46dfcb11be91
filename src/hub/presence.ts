// Presence: which identities are on a stream, over all processes, and who is told when one comes or leaves. Several connections of
// one identity are one, and who comes back in time was never away.

import type { Engine, Listed, PresenceSignal } from '../engine/engine'
import { failure } from '../errors'
import { logger } from '../log'
import type { Identity } from '../options/identity'
import type { ResolvedOptions } from '../options/options'
import type { Present } from '../options/presence'
import type { Connection } from './connection'
import { PresenceClients } from './presence-clients'
import { type Here, type HereDelegate, PresenceHere } from './presence-here'
import { shownOf } from './presence-info'
import { PresencePeers } from './presence-peers'
import { PresencePlaces } from './presence-places'
import { type Change, Roster, type Turn } from './presence-roster'
import { PresenceTurns } from './presence-turns'
import { holds } from './rule'
import type { Membership, Subscription, Subscriptions } from './subscriptions'

const debug = logger('presence')

/** How long a list waits for a process that has just started to hear of the others, ms. */
const patience = 1_000

/** What `Presence` works with. */
export interface PresenceParts {
  readonly engine: Engine
  readonly subscriptions: () => Subscriptions
  readonly options: Pick<ResolvedOptions, 'presence' | 'onPresence' | 'limits'>
}

/** Who is on which stream. */
export class Presence implements Membership, HereDelegate {
  readonly #options: PresenceParts['options']
  readonly #roster = new Roster()
  readonly #here: PresenceHere
  readonly #places: PresencePlaces
  readonly #peers: PresencePeers
  readonly #turns: PresenceTurns
  readonly #clients: PresenceClients
  readonly #started: Promise<void>
  #start = () => {}
  #ready = false
  #closed = false

  constructor({ engine, subscriptions, options }: PresenceParts) {
    const { presence, onPresence, limits } = options
    this.#options = options
    const list = (stream: string) => this.#roster.list(stream)
    this.#here = new PresenceHere(presence.grace, this)
    this.#places = new PresencePlaces(limits.identitiesPerStream, (stream) => this.#roster.size(stream))
    this.#peers = new PresencePeers({
      engine,
      grace: presence.grace,
      people: (hub) => (hub === this.#peers.name ? this.#told() : this.#roster.of(hub)),
      difference: (hub, all) => this.#roster.difference(hub, all),
      changed: (hub, changes, teller, key) => this.#changed(hub, changes, teller, key),
      told: (stream, teller, key) => this.#turns.told(stream, teller, key),
      gone: (hub) => this.#turns.gone(hub),
    })
    this.#turns = new PresenceTurns({
      onPresence,
      answerTime: limits.answerTime,
      name: this.#peers.name,
      list,
      told: (stream, key) => this.#peers.told(stream, key),
    })
    this.#clients = new PresenceClients({
      subscriptions,
      has: (stream) => this.#has(stream),
      list,
    })
    this.#started = new Promise((resolve) => {
      this.#start = resolve
    })
  }

  /** Whether any stream may have it. */
  get used(): boolean {
    return this.#options.presence.streams !== false
  }

  /** Learns who is with the other hubs, and tells them who is here. */
  async start(): Promise<void> {
    if (!this.used || this.#closed) return
    await this.#peers.start()
    this.#ready = true
    for (const here of this.#here) this.arrived(here)
    this.#start()
  }

  /** Stops. Who is here comes back to other processes within `spread` ms, if there are any. Takes at most `timeout` ms. */
  async close(spread: number, timeout: number): Promise<void> {
    if (!this.used) return
    this.#closed = true
    this.#start()
    this.#here.clear()
    this.#turns.stop()
    await Promise.race([this.#peers.close(spread + this.#options.presence.grace), passed(timeout)])
  }

  /**
   * The identities that are on a stream, in the order in which they came.
   * @throws TurboCableError TURBO_CABLE_BAD_OPTION for a stream that has no presence
   */
  async list(stream: string): Promise<readonly Present[]> {
    if (!this.#has(stream)) {
      const rule = `the streams of which it is asked who is there, "${stream}" among them`
      throw failure('TURBO_CABLE_BAD_OPTION', ['presence', rule, this.#options.presence.streams])
    }
    if (!this.#ready) await Promise.race([this.#started, passed(patience)])
    return this.#roster.list(stream)
  }

  /** Takes what another hub or this one has told. */
  heard(signal: PresenceSignal): void {
    if (this.used && !this.#closed) this.#peers.heard(signal)
  }

  /** Whoever matches and has no connection any more leaves at once, from one stream or from all. */
  expel(match: (identity: Identity) => boolean, stream?: string): void {
    this.#here.expel(match, stream)
  }

  /** Whoever was sent away comes back within so many ms. */
  prolong(spread: number): void {
    this.#here.prolong(spread)
  }

  /** A client says that it is there, on the streams of an address. */
  join(connection: Connection, address: string): void {
    for (const stream of this.#clients.join(connection, address)) this.#arrive(stream, connection)
  }

  /** A client has said with its subscribe that it is there: it is as soon as it is served. */
  joins(connection: Connection, address: string): void {
    this.#clients.join(connection, address)
  }

  /** A client says that it is there no longer, and goes on listening. */
  leave(connection: Connection, address: string): void {
    for (const stream of this.#clients.leave(connection, address)) this.#here.left(stream, connection, true)
  }

  /** A client asks who is there. */
  answer(connection: Connection, address: string): void {
    this.#clients.answer(connection, address)
  }

  // Membership

  served(subscription: Subscription): void {
    if (this.#clients.counts(subscription)) this.#arrive(subscription.topic.name, subscription.connection)
  }

  ended(subscription: Subscription): void {
    this.#clients.ended(subscription)
    if (!this.#closed) this.#here.left(subscription.topic.name, subscription.connection)
  }

  // HereDelegate

  arrived(here: Here): void {
    if (!this.#ready || this.#closed) return
    const { stream, told } = here
    const shown = shownOf(here, this.#options.presence.info)
    if (shown === told || (told === undefined && !this.#places.take(stream))) return
    here.told = shown
    this.#peers.tell({ came: this.#listed(here, shown) })
  }

  left({ stream, id, told }: Here): void {
    if (told === undefined) return
    this.#places.give(stream)
    this.#peers.tell({ left: { stream, id } })
  }

  #arrive(stream: string, connection: Connection): void {
    if (this.#closed || !this.#has(stream)) return
    if (!this.#here.arrived(stream, connection)) debug('somebody without an id is on %s: not present', stream)
  }

  #has(stream: string): boolean {
    return holds(this.#options.presence.streams, stream, 'presence', undefined)
  }

  *#told(): Iterable<Listed> {
    for (const here of this.#here) if (here.told !== undefined) yield this.#listed(here, here.told)
  }

  #listed({ stream, id }: Here, shown: string): Listed {
    return { stream, id, info: JSON.parse(shown), since: this.#roster.since(stream, id) ?? Date.now() }
  }

  #changed(hub: string, changes: readonly Change[], teller?: string, key = ''): void {
    const turns: Turn[] = []
    for (const change of changes) {
      const turn = this.#roster.take(hub, change)
      if (turn) turns.push(turn)
    }
    for (const turn of turns) this.#clients.announce(turn)
    if (teller !== undefined) this.#turns.add(teller, key, turns)
    for (const { stream, joined } of turns) {
      if (joined || !this.#places.freed(stream)) continue
      for (const here of [...this.#here.on(stream)]) {
        if (here.told === undefined) this.arrived(here)
        if (here.told === undefined) break
      }
    }
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
