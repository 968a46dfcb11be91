// How the hubs that share an engine know who is with each of them. Each numbers the changes that it tells; who has missed one sees
// it by the next number, at the latest by that of a sign of life, and asks for everything. Who gives no sign of life for too long,
// as a process does that was killed, is forgotten by all. A hub takes what it says itself as all others do, when it comes back from
// the engine: so all of them see the changes in one order, and agree about which was the first and which the last.

import { randomUUID } from 'node:crypto'
import type { Engine, Listed, PresenceSignal } from '../engine/engine'
import { logger } from '../log'
import { inParts, PartedLists } from './presence-parts'
import type { Change } from './presence-roster'
import { PresenceVoice, type Said } from './presence-voice'

const debug = logger('presence')

/** How often a hub gives a sign of life: as often as people may be away, within these bounds, ms. */
const shortestBeat = 1_000
const longestBeat = 5_000

/** How many of them it may be behind until the others miss it. */
const mostBehind = 3

/** How long the answers of the others may take at the start, ms, once the question is on its way; and until it is put again. */
const patience = 500

interface Peer {
  /** The number of the last change that was taken. */
  count: number
  /** How many of our own beats came since its last sign of life. */
  silent: number
  /** Whether it was asked for everything, and has not answered yet. */
  asked: boolean
  /** Whether it has said that it stops. */
  closing: boolean
}

/** What `PresencePeers` works with. */
export interface PeersParts {
  readonly engine: Engine
  /** How long people who were cut off may take to come back, ms. */
  readonly grace: number
  /** Everybody whom a hub has told of. */
  readonly people: (hub: string) => Iterable<Listed>
  /** What must change so that a hub has nobody but these. */
  readonly difference: (hub: string, all: readonly Listed[]) => readonly Change[]
  /**
   * Takes changes of a hub. `teller` is the hub that tells its app of them, and `key` is unique among those that it tells; without one
   * it has told, or somebody else has.
   */
  readonly changed: (hub: string, changes: readonly Change[], teller?: string, key?: string) => void
  /** A hub has told its app. */
  readonly told: (stream: string, teller: string, key: string) => void
  /** A hub is no more. */
  readonly gone: (hub: string) => void
}

/** One hub among those that share an engine. */
export class PresencePeers {
  /** The name of this hub among the others. */
  readonly name: string = randomUUID()
  readonly #parts: PeersParts
  readonly #voice: PresenceVoice
  readonly #peers = new Map<string, Peer>()
  readonly #beatEvery: number
  #count = 0
  /** Whether what this hub says comes to the others, and what they say to it: its last beat was taken, and has come back. */
  #sent = false
  #echoed = false
  readonly #lists = new PartedLists()
  /** The number at which everything was last told, until that has come back. */
  #telling: number | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(parts: PeersParts) {
    this.#parts = parts
    this.#voice = new PresenceVoice(this.name, parts.engine)
    this.#beatEvery = Math.min(longestBeat, Math.max(shortestBeat, parts.grace))
  }

  /** True if there are other hubs. */
  get any(): boolean {
    return this.#peers.size > (this.#peers.has(this.name) ? 1 : 0)
  }

  /** Asks the others who is with them. Resolves when that is known, as far as anybody can tell. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#beat(), this.#beatEvery)
    this.#timer.unref()
    // Who has not heard of the others yet would take everybody for new.
    for (let asked = false; !asked && !this.#closed; ) {
      this.#echoed = false
      const sending = this.#voice.say({ kind: 'ask', count: 0 })
      const atOnce = this.#echoed
      asked = await sending
      // It was back at once: the engine is in this process, and whoever there is has answered.
      if (asked && atOnce) return
      await new Promise((resolve) => setTimeout(resolve, patience).unref())
    }
  }

  /** Tells the others that somebody has come to this hub, or left it. */
  tell(change: Change): void {
    const count = ++this.#count
    const signal: Said =
      'came' in change ? { kind: 'joined', count, who: change.came } : { kind: 'left', count, ...change.left }
    // Those who are here must be known at least here; the others ask for them later.
    void this.#voice.say(signal).then((sent) => sent || this.heard({ ...signal, type: 'presence', from: this.name }))
  }

  /** Tells the others that the app was told of a change, if there are any. */
  told(stream: string, key: string): void {
    if (this.any) void this.#voice.say({ kind: 'told', count: this.#count, stream, key })
  }

  /** Stops. The others keep its people for so many ms, in which these come back to one of them. */
  async close(hold: number): Promise<void> {
    clearInterval(this.#timer)
    this.#closed = true
    if (this.any) await this.#voice.say({ kind: 'closing', count: this.#count, hold })
  }

  /** Takes what a hub says, this one included. */
  heard(signal: PresenceSignal): void {
    if (this.#closed) return
    const { from, count } = signal
    const own = from === this.name
    const peer = this.#peer(from)
    peer.silent = 0
    if (own) this.#echoed = true
    if (signal.kind === 'joined' || signal.kind === 'left') {
      if (count <= peer.count) return
      if (count > peer.count + 1) {
        this.#missed(from, peer)
        return
      }
      peer.count = count
      const change: Change = signal.kind === 'joined' ? { came: signal.who } : { left: signal }
      this.#parts.changed(from, [change], from, String(count))
    } else if (signal.kind === 'all') {
      this.#learn(signal)
    } else if (signal.kind === 'told') {
      this.#parts.told(signal.stream, from, signal.key)
    } else if (signal.kind === 'forget') {
      this.#forgotten(signal.hub, from)
    } else {
      if (signal.kind === 'closing' && !own) {
        peer.closing = true
        peer.silent = -Math.ceil(signal.hold / this.#beatEvery)
        setTimeout(() => this.#forget(from), signal.hold).unref()
      }
      if (signal.kind === 'ask' && !own) this.#answer(from, signal.of)
      // What was asked may be lost, and the answer too.
      if (signal.kind === 'alive') peer.asked = false
      if (count !== peer.count) this.#missed(from, peer)
    }
  }

  #peer(hub: string): Peer {
    const peer = this.#peers.get(hub) ?? { count: 0, silent: 0, asked: false, closing: false }
    this.#peers.set(hub, peer)
    return peer
  }

  #learn({ from, of, count, part, people, last }: Extract<PresenceSignal, { kind: 'all' }>): void {
    const all = this.#lists.add(`${from} ${of}`, { part, people, last })
    if (!all) return
    const own = of === this.name
    const peer = this.#peer(of)
    const { asked } = peer
    if (own) this.#telling = undefined
    if (of === from) peer.asked = false
    // Somebody else has asked.
    if (count < peer.count || (count === peer.count && !asked)) return
    peer.count = count
    const changes = this.#parts.difference(of, all)
    // What others did not hear of when it was told, or have just come to hear of, is no news for their apps.
    if (own) this.#parts.changed(of, changes, of, `all ${count}`)
    else this.#parts.changed(of, changes)
  }

  #missed(from: string, peer: Peer): void {
    if (peer.asked) return
    debug('changes of %s were missed', from)
    peer.asked = true
    if (from === this.name) this.#tellAll()
    else void this.#voice.say({ kind: 'ask', count: this.#count, of: from })
  }

  // Who is new must also hear of the people of hubs that cannot answer any more: for each hub one of those that are not silent does.
  #answer(asker: string, of: string | undefined): void {
    if ((of ?? this.name) === this.name) this.#tellAll()
    if (of !== undefined) return
    const able = [...this.#peers].filter(([hub, { silent, closing }]) => silent <= 1 && !closing && hub !== asker)
    for (const [hub, { count }] of this.#peers) {
      const first = able.every(([each]) => each === hub || each >= this.name)
      if (first && hub !== this.name && hub !== asker) this.#tellAll(hub, count)
    }
  }

  #tellAll(of = this.name, count = this.#count): void {
    if (of === this.name && this.#telling === count) return
    if (of === this.name) this.#telling = count
    for (const part of inParts(this.#parts.people(of))) {
      void this.#voice.say({ kind: 'all', of, count, ...part }).then((sent) => {
        if (!sent) this.#telling = undefined
      })
    }
  }

  #forget(hub: string): void {
    if (!this.#closed) void this.#voice.say({ kind: 'forget', count: this.#count, hub })
  }

  // All of a hub's people leave by the word of the first who misses it, and the others' words find nobody.
  #forgotten(hub: string, by: string): void {
    if (!this.#peers.delete(hub)) return
    debug('%s is forgotten', hub)
    this.#parts.gone(hub)
    this.#parts.changed(hub, this.#parts.difference(hub, []), by, `forget ${hub}`)
    // It was slow, or away.
    if (hub === this.name) {
      this.#telling = undefined
      this.#tellAll()
    }
  }

  // Who is not heard by the others, or does not hear them, misses nobody. Beats are counted, and not time: a process that has slept
  // must hear the others first.
  #beat(): void {
    const most = Math.max(mostBehind, Math.ceil(this.#parts.grace / this.#beatEvery))
    if (this.#sent && this.#echoed) {
      for (const [hub, peer] of this.#peers) if (hub !== this.name && ++peer.silent > most) this.#forget(hub)
    }
    this.#echoed = false
    // It may be lost.
    this.#telling = undefined
    void this.#voice.say({ kind: 'alive', count: this.#count }).then((sent) => {
      this.#sent = sent
    })
  }
}
