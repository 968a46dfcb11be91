// One connected client. Its protocol reads what it says, its transport carries what it is told. Nothing is kept per message.

import { randomUUID } from 'node:crypto'
import type { ClientEvent, DisconnectedEvent } from '../diagnostics'
import { logger, reasonOf, warn } from '../log'
import type { Identity, UpgradeRequest } from '../options/identity'
import type { Command, Protocol, Word } from '../protocol/protocol'
import type { Transport, TransportDelegate } from '../transport/transport'
import type { Backlog } from './backlog'
import { subjectOf, type Visitor } from './gate'
import { TokenBucket } from './token-bucket'

const debug = logger('connection')

/** Those that the log has told of. */
const throwing = new WeakSet<Protocol>()

/** What a connection tells its owner. */
export interface ConnectionDelegate {
  /** The id of the cable. */
  readonly id: string
  /** The client has sent a command. */
  commandReceived(connection: Connection, command: Command): void
  /** The client has sent anything at all, so it is alive. */
  frameReceived(connection: Connection): void
  /** The client sends more messages than it may. This one is not handled. */
  connectionTooFast(connection: Connection): void
  /** More bytes wait for the client than may. Called once; nothing is written to it after that. */
  connectionOverflowed(connection: Connection): void
  /** The connection has ended. Called once. */
  connectionClosed(connection: Connection): void
}

/** What one client may cost. */
export interface ConnectionLimits {
  /** Bytes that may wait for a client that does not read. */
  readonly pendingBytes: number
  /** Messages a second that the client may send over time. */
  readonly messagesPerSecond: number
}

/** The last word of the server. */
export type Farewell = Extract<Word, { type: 'disconnect' }>

const nothing = Buffer.alloc(0)

/** A client of the hub. */
export class Connection implements Visitor, TransportDelegate {
  readonly transport: Transport
  readonly protocol: Protocol
  readonly identity: Identity
  /** The upgrade request. Kept only if the app has an `authorize`, which gets it. */
  readonly request: UpgradeRequest | undefined
  /** When its right to be connected ends, ms since 1970. */
  readonly expires: number | undefined
  /** The id of its page, which the client chose, or the server. A broadcast that names it in `exclude` is not sent here. */
  id: string | undefined
  /** True once the client has asked for a stream, whatever the answer was: it speaks this protocol then. */
  asked = false
  /** True once the client has subscribed with a cursor. Its pings then carry a cursor too. */
  resumes = false
  /** Kept by `Connections`: which of its cable's connections this is. */
  number = 0
  /** When it came to the door, ms since 1970: what the app said of it may be as old. */
  readonly since: number
  /** Why it ends: until the server ends it, the client does. */
  ends: DisconnectedEvent['reason'] = 'left'
  /** Kept by `Heartbeat`: the tick of the last frame that came in, and the slot in which it is pinged. */
  heardAt = 0
  slot = 0
  /** Kept by `Pings`: the slot in which its protocol's own ping is due. */
  pingSlot = 0
  /** Kept by `FanOut`: true while the frames of several streams are gathered for this client. */
  gathering = false
  readonly #limits: ConnectionLimits
  readonly #backlog: Backlog<Connection>
  readonly #delegate: ConnectionDelegate
  readonly #bucket: TokenBucket
  /** Whether something waited after the last write. */
  #waited = false
  #finished = false
  #cutOff: NodeJS.Timeout | undefined

  constructor(
    transport: Transport,
    protocol: Protocol,
    limits: ConnectionLimits,
    backlog: Backlog<Connection>,
    visitor: Visitor,
    delegate: ConnectionDelegate,
  ) {
    this.transport = transport
    this.protocol = protocol
    this.identity = visitor.identity
    this.request = visitor.request
    this.expires = visitor.expires
    this.since = visitor.since ?? Date.now()
    if (protocol.givesId) this.id = randomUUID()
    this.#limits = limits
    this.#backlog = backlog
    this.#bucket = new TokenBucket(limits.messagesPerSecond)
    this.#delegate = delegate
    transport.start(this)
  }

  /** Whom an event is about. */
  get client(): ClientEvent {
    return { cable: this.#delegate.id, connection: this.number, subject: subjectOf(this.identity) }
  }

  /** The name of what it speaks, for people. */
  get wire(): string {
    const { oneWay, framing } = this.transport
    return oneWay ? framing.name : this.protocol.name || 'turbo-cable'
  }

  /** Bytes that wait for the client: the network has not taken them yet. */
  get pending(): number {
    return this.transport.pending
  }

  /** True once the client gets nothing more: too much waits for it, or it is being sent away. */
  get finished(): boolean {
    return this.#finished
  }

  /** The bytes of a word; none if the client's protocol does not have it. */
  framed(word: Word): Buffer {
    const { framing } = this.transport
    const texts = this.protocol.encode(word)
    if (texts.length === 0) return nothing
    if (texts.length === 1) return framing.frame(texts[0] as string)
    return Buffer.concat(texts.map((text) => framing.frame(text)))
  }

  /** Sends a word. */
  say(word: Word): void {
    const frames = this.framed(word)
    if (frames.length > 0) this.write(frames)
  }

  /** Writes whole frames. A client that lets more than its bound pile up is reported once, and gets nothing more. */
  write(frames: Buffer, taken?: () => void): void {
    if (this.#finished) {
      taken?.()
      return
    }
    this.transport.write(frames, taken)
    const { pending } = this.transport
    if (pending === 0 && !this.#waited) return
    this.#waited = pending > 0
    if (pending > this.#limits.pendingBytes) this.overflow()
    else this.#backlog.note(this, pending)
  }

  /** Tells the delegate, once, that more waits for the client than may. */
  overflow(): void {
    if (this.#finished) return
    this.#finished = true
    this.#delegate.connectionOverflowed(this)
  }

  /** Takes what something costs from what the client may ask for; false, and reported, when it has asked for too much. */
  pay(count = 1): boolean {
    if (this.#bucket.take(undefined, count)) return true
    this.#delegate.connectionTooFast(this)
    return false
  }

  /** A last word, then an orderly end; cut off where that takes longer than `grace` ms. Until then it gets nothing more. */
  part(farewell: Farewell, code: number, grace: number, reason?: string): void {
    if (this.#cutOff) return
    this.#finished = true
    this.ends = farewell.reason
    this.#cutOff = setTimeout(() => this.transport.destroy(), grace)
    this.#cutOff.unref()
    this.transport.end(this.framed(farewell), code, reason)
  }

  /** Ends the connection at once, without a word. */
  terminate(): void {
    this.transport.destroy()
  }

  // TransportDelegate

  received(text: string): void {
    if (!this.#listens()) return
    const command = this.#decoded(text)
    if (command) this.#delegate.commandReceived(this, command)
  }

  heard(): void {
    this.#listens()
  }

  closed(): void {
    clearTimeout(this.#cutOff)
    this.#delegate.connectionClosed(this)
  }

  // A protocol of somebody else's may throw, at what a client says: that is no reason for all clients to lose the process.
  #decoded(text: string): Command | undefined {
    try {
      return this.protocol.decode(text)
    } catch (error) {
      const say = throwing.has(this.protocol) ? debug : warn
      throwing.add(this.protocol)
      say(`the protocol "${this.protocol.name}" threw at a message, which is ignored: ${reasonOf(error)}`)
      return undefined
    }
  }

  #listens(): boolean {
    if (this.#finished) return false
    this.#delegate.frameReceived(this)
    return this.pay()
  }
}
