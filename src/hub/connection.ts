// One client: what it says is read by its protocol, what it is told goes to its transport. Holds nothing per message.

import type { Identity, UpgradeRequest } from '../options'
import type { Command, Protocol, Word } from '../protocol/protocol'
import type { Transport, TransportDelegate } from '../transport/transport'
import type { Backlog } from './backlog'
import type { Visitor } from './gate'
import { TokenBucket } from './token-bucket'

/** What a connection tells its owner. */
export interface ConnectionDelegate {
  commandReceived(connection: Connection, command: Command): void
  frameReceived(connection: Connection): void
  connectionTooFast(connection: Connection): void
  connectionOverflowed(connection: Connection): void
  connectionClosed(connection: Connection): void
}

export interface ConnectionLimits {
  /** Bytes that may wait for a client that does not read. */
  readonly pendingBytes: number
  readonly messagesPerSecond: number
}

export class Connection implements Visitor, TransportDelegate {
  readonly transport: Transport
  readonly protocol: Protocol
  readonly identity: Identity
  /** Kept only where the app's `authorize` will want it. */
  readonly request: UpgradeRequest | undefined
  /** Chosen by the client for the life of its page; a broadcast can leave it out. */
  id: string | undefined
  /** True once it subscribed with a cursor: its pings then carry one too. */
  resumes = false
  /** Heartbeat's bookkeeping: the tick of the last inbound frame, and the slot it is pinged in. */
  heardAt = 0
  slot = 0
  /** True while the fan-out gathers several streams' frames for this client. */
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
    this.#limits = limits
    this.#backlog = backlog
    this.#bucket = new TokenBucket(limits.messagesPerSecond)
    this.#delegate = delegate
    transport.start(this)
  }

  /** Bytes that the network has not taken yet. */
  get pending(): number {
    return this.transport.pending
  }

  /** True once the client gets nothing more: too much waits for it, or it is being sent away. */
  get finished(): boolean {
    return this.#finished
  }

  /** A word as the client's bytes. */
  framed(word: Word): Buffer {
    const frames = this.protocol.encode(word).map((text) => this.transport.framing.frame(text))
    return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
  }

  say(word: Word): void {
    const frames = this.framed(word)
    // Not every protocol has every word.
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

  /** Reports, once, that the client was sent more than can wait for it. */
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
  part(farewell: Word, code: number, grace: number, reason?: string): void {
    if (this.#cutOff) return
    this.#finished = true
    this.#cutOff = setTimeout(() => this.transport.destroy(), grace)
    this.#cutOff.unref()
    this.transport.end(this.framed(farewell), code, reason)
  }

  /** The end at once. */
  terminate(): void {
    this.transport.destroy()
  }

  // TransportDelegate

  received(text: string): void {
    if (!this.#listens()) return
    const command = this.protocol.decode(text)
    if (command) this.#delegate.commandReceived(this, command)
  }

  heard(): void {
    this.#listens()
  }

  closed(): void {
    clearTimeout(this.#cutOff)
    this.#delegate.connectionClosed(this)
  }

  #listens(): boolean {
    if (this.#finished) return false
    this.#delegate.frameReceived(this)
    return this.pay()
  }
}
