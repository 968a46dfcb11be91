// Who listens to which stream, how far each listener has come, and who may be given what. No socket, no timer, no DOM.

import { behind, type Message, type Subscribed } from './protocol.js'

export type Change = 'connected' | 'disconnected' | 'rejected'

/** One subscriber of one stream. The caller makes it; only the subscription moves `cursor` and `live`. */
export interface Listener {
  /** Up to where this listener has everything; `null` while nothing is known. */
  cursor: string | null
  /** Is it being served? `false` until the server has confirmed a subscribe that starts no later than `cursor`. */
  live: boolean
  /** Listeners that share this very function share its calls: a message reaches it once, however many they are. */
  deliver(message: Message): void
  notify(change: Change, reason?: string): void
  /** `cursor` has moved: what lies between was delivered, or, if `lost`, never will be. */
  moved?(lost: boolean): void
}

/** One stream as this page asked for it. */
export class Subscription {
  readonly listeners = new Set<Listener>()
  /** What messages call the stream: other than the name asked for, if that is signed. Undefined until confirmed. */
  name: string | undefined
  /** The cursor of the subscribe that waits for its answer; one at a time, so an answer is never taken for another's. */
  asked: string | null | undefined
  rejected: string | undefined
  /** This socket has delivered everything up to here; undefined with a server that keeps no positions. */
  reached: string | undefined

  add(listener: Listener): void {
    this.listeners.add(listener)
    if (this.rejected !== undefined) listener.notify('rejected', this.rejected)
    else if (this.name !== undefined) this.#settle(listener, this.reached)
  }

  /** The cursor to ask for so that every waiting listener gets what it missed; undefined if there is nothing to ask. */
  wanted(listeners = [...this.listeners].filter(({ live }) => !live)): string | null | undefined {
    if (!listeners.length || this.asked !== undefined || this.rejected !== undefined) return undefined
    let least: string | null = null
    // Of two epochs the one that joined first is the older: asking for it brings out the gap that the other would hide.
    for (const { cursor } of listeners.reverse()) if (cursor && (!least || behind(cursor, least))) least = cursor
    return least
  }

  /** Takes the server's answer; true if listeners have lost messages for good. */
  confirm({ stream, name = stream, cursor, recovered }: Subscribed): boolean {
    const gap = cursor && this.asked && recovered === false
    this.name = name
    this.reached = cursor && ((!gap && this.asked) || cursor)
    this.asked = undefined
    const waiting = [...this.listeners].filter(({ live }) => !live)
    for (const listener of waiting) {
      if (gap) {
        listener.cursor = cursor
        listener.moved?.(true)
      }
      this.#settle(listener, cursor)
    }
    return !!gap && !!waiting.length
  }

  reject(reason: string): void {
    this.reset()
    this.rejected = reason
    for (const listener of this.listeners) listener.notify('rejected', reason)
  }

  /** The socket is gone, and with it all that the server said on it. */
  reset(): void {
    this.name = this.asked = this.rejected = this.reached = undefined
    for (const listener of this.listeners) {
      if (!listener.live) continue
      listener.live = false
      listener.notify('disconnected')
    }
  }

  // A listener that has missed nothing on this socket is served from now on; another waits for the next answer.
  #settle(listener: Listener, now: string | undefined): void {
    const { cursor } = listener
    if (cursor && this.reached && behind(cursor, this.reached)) return
    listener.live = true
    listener.notify('connected')
    // One that has a cursor keeps it: what was missed since is still to come.
    if (!cursor) advance(listener, now)
  }
}

/** Every stream of one connection. */
export class Subscriptions extends Map<string, Subscription> {
  /**
   * Gives a message to every live listener that has not had it. While one of the listeners that share a function waits for
   * a replay, the function gets nothing: the replay holds this message too, and in its place.
   */
  deliver(message: Message, report: (error: unknown) => void): void {
    const { stream, cursor } = message
    const named = [...this.values()].filter(({ name }) => name === stream)
    for (const subscription of named) if (cursor) subscription.reached = cursor
    const listeners = named.flatMap((subscription) => [...subscription.listeners])
    const waiting = listeners.map(({ live, deliver }) => !live && deliver)
    const takers = listeners.filter(
      (listener) =>
        !waiting.includes(listener.deliver) && (!cursor || !listener.cursor || behind(listener.cursor, cursor)),
    )
    for (const deliver of new Set(takers.map((listener) => listener.deliver))) {
      try {
        deliver(message)
      } catch (error) {
        report(error)
      }
    }
    for (const listener of takers) advance(listener, cursor)
  }

  /** A ping says that the socket has carried everything up to `cursor`. */
  advance(cursor: string): void {
    for (const { asked, listeners } of this.values()) {
      if (asked === undefined) for (const listener of listeners) if (listener.live) advance(listener, cursor)
    }
  }
}

function advance(listener: Listener, cursor: string | undefined): void {
  if (!cursor || (listener.cursor && !behind(listener.cursor, cursor))) return
  listener.cursor = cursor
  listener.moved?.(false)
}
