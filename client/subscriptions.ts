// Who listens to which stream, how far each listener has come, and who may be given what. No socket, no timer, no DOM.

import { behind, type Message, nameOf, older, type Subscribed } from './protocol.js'

export type Change = 'connected' | 'disconnected' | 'rejected'

/** One subscriber of one stream. The caller makes it; from then on only the subscription changes what is not a function. */
export interface Listener {
  /** Up to where this listener has everything; `null` while nothing is known. */
  cursor: string | null
  /** Is there something that the server must be asked for? From the start, until the server has confirmed. */
  waiting: boolean
  /** Has it been told that it is connected, and not since that it is not? */
  connected?: boolean
  /**
   * Nothing of the stream was sent between `since` and the message: it is for whoever has come at least so far. Listeners that
   * share this very function share its calls: a message reaches it once, however many they are.
   */
  deliver(message: Message, since?: string): void
  notify(change: Change, reason?: string): void
  /** `cursor` has moved: what lies between was delivered, or, if `lost`, never will be. */
  moved?(lost: boolean): void
}

/** One stream as this page asked for it. */
export class Subscription {
  readonly listeners = new Set<Listener>()
  /** What messages call the stream: other than the name asked for, if that is signed. */
  name: string
  /** Does the server serve it on this socket? */
  confirmed = false
  /** The cursor of the subscribe that waits for its answer; one at a time, so an answer is never taken for another's. */
  pending: string | null | undefined
  rejected: string | undefined

  constructor(address: string) {
    this.name = nameOf(address)
  }

  /** The cursor to ask for so that every waiting listener gets what it missed; undefined if there is nothing to ask. */
  wanted(listeners = [...this.listeners].filter(({ waiting }) => waiting)): string | null | undefined {
    if (!listeners.length || this.pending !== undefined || this.rejected !== undefined) return undefined
    let least: string | null = null
    // Of two epochs the one that joined first is the older: asking for it brings out the gap that the other would hide.
    for (const { cursor } of listeners.reverse()) if (cursor && (!least || behind(cursor, least))) least = cursor
    return least
  }

  reject(reason = ''): void {
    this.reset()
    this.rejected = reason
    for (const listener of this.listeners) listener.notify('rejected', reason)
  }

  /** The socket is gone, and with it all that the server said on it. */
  reset(): void {
    this.pending = this.rejected = undefined
    this.confirmed = false
    for (const listener of this.listeners) {
      listener.waiting = true
      if (!listener.connected) continue
      listener.connected = false
      listener.notify('disconnected')
    }
  }
}

/**
 * How far a stream has come: nothing of it was sent after `from` and up to `to`. While it is served, everything after `from` has
 * come on this socket or is to come, in order; so who has not come as far as `from` must ask.
 */
interface Reach {
  from: string
  to: string
  /** Where the server was when it answered last: up to there its messages are a replay. */
  answered: string
}

/** Every stream of one connection, by the name that it was asked for with. */
export class Subscriptions extends Map<string, Subscription> {
  /** By the name that messages have. */
  readonly #reaches = new Map<string, Reach>()

  add(stream: string, listener: Listener): Subscription {
    const subscription = this.get(stream) ?? new Subscription(stream)
    this.set(stream, subscription)
    subscription.listeners.add(listener)
    const { rejected, confirmed, name } = subscription
    if (rejected !== undefined) listener.notify('rejected', rejected)
    else if (confirmed) this.#settle(listener, name)
    return subscription
  }

  /** As the subscription's own, and `null` where another name for the same stream has what is missed on its way already. */
  wanted(subscription: Subscription): string | null | undefined {
    const cursor = subscription.wanted()
    const { name } = subscription
    const from = this.#served(name) && this.#reaches.get(name)?.from
    return cursor && from && !behind(cursor, from) ? null : cursor
  }

  /** Does the server keep positions, of this stream at least? */
  counts(subscription: Subscription): boolean {
    return subscription.confirmed && this.#reaches.has(subscription.name)
  }

  /**
   * Something in the page has come no further than `cursor`: sends the listener back there, if anything was sent since. False if
   * that was in another history, so that nobody can say what came between.
   */
  rewind({ name }: Subscription, listener: Listener, cursor: string): boolean {
    const least = this.#served(name) ? this.#reaches.get(name)?.from : listener.cursor
    // Nothing need be asked for where it is on its way already, to another.
    if (listener.cursor && older(cursor, listener.cursor)) listener.cursor = cursor
    if (!least || !behind(cursor, least)) return true
    listener.waiting = true
    return older(cursor, least)
  }

  /** Takes the server's answer; true if messages may be lost for good. */
  confirm({ stream, name = stream, cursor, recovered }: Subscribed): boolean {
    const subscription = this.get(stream) as Subscription
    const { pending, listeners } = subscription
    const gap = cursor && pending && recovered === false
    const begin = (!gap && pending) || cursor
    const reach = this.#reaches.get(name)
    if (cursor && begin) {
      // Another name for the same stream changes nothing, unless it asks for more.
      const known = reach && !older(begin, reach.from) && (this.#served(name) || !behind(reach.to, begin))
      this.#reaches.set(name, { ...(known ? reach : { from: begin, to: begin }), answered: cursor })
    }
    Object.assign(subscription, { name, pending: undefined, confirmed: true })
    const waiting = [...listeners].filter((listener) => listener.waiting)
    for (const listener of waiting) {
      if (gap) {
        listener.cursor = cursor
        listener.moved?.(true)
      }
      this.#settle(listener, name, cursor)
    }
    // Also where who asked has left: what the server has dropped may have been for others of this stream.
    return !!gap
  }

  /** Gives a message to every listener that lacks it and nothing before it. */
  deliver(message: Message, report: (error: unknown) => void): void {
    const { stream, cursor } = message
    const reach = this.#reaches.get(stream)
    const since = reach?.from
    message.replayed = !!cursor && !!reach && !behind(reach.answered, cursor)
    if (cursor && reach && behind(reach.from, cursor)) reach.from = reach.to = cursor
    const takers = this.#named(stream)
      .flatMap(({ listeners }) => [...listeners])
      .filter((listener) =>
        cursor && listener.cursor
          ? behind(listener.cursor, cursor) && !(since && behind(listener.cursor, since))
          : !listener.waiting,
      )
    for (const deliver of new Set(takers.map(({ deliver }) => deliver))) {
      try {
        deliver(message, since)
      } catch (error) {
        report(error)
      }
    }
    for (const listener of takers) advance(listener, cursor)
  }

  /** A ping says that the socket has carried everything up to `cursor`. */
  advance(cursor: string): void {
    for (const [name, reach] of this.#reaches) {
      const named = this.#named(name)
      if (!this.#served(name) || named.some(({ pending }) => pending !== undefined)) continue
      if (behind(reach.to, cursor)) reach.to = cursor
      for (const { listeners } of named) {
        for (const listener of listeners) if (!listener.waiting) advance(listener, cursor)
      }
    }
  }

  // A listener that has missed nothing is served from now on; another waits for the next answer.
  #settle(listener: Listener, name: string, now = this.#reaches.get(name)?.to): void {
    const { cursor } = listener
    const from = this.#reaches.get(name)?.from
    if (cursor && from && behind(cursor, from)) return
    listener.waiting = false
    if (!listener.connected) {
      listener.connected = true
      listener.notify('connected')
    }
    // One that has a cursor keeps it: what was missed since is still to come.
    if (!cursor) advance(listener, now)
  }

  // A stream that was refused has nothing to hear, whoever else may hear it.
  #named(name: string): Subscription[] {
    return [...this.values()].filter((each) => each.name === name && each.rejected === undefined)
  }

  #served(name: string): boolean {
    return this.#named(name).some(({ confirmed }) => confirmed)
  }
}

function advance(listener: Listener, cursor: string | undefined): void {
  if (!cursor || (listener.cursor && !behind(listener.cursor, cursor))) return
  listener.cursor = cursor
  listener.moved?.(false)
}
