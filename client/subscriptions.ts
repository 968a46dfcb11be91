// Who listens to which stream, how far each listener has come, and who may be given what. No socket, no timer, no DOM.

import { behind, type Message, older, type Subscribed } from './protocol.js'

export type Change = 'connected' | 'disconnected' | 'rejected'

/** One subscriber of one stream. The caller makes it; from then on only the subscription changes what is not a function. */
export interface Listener {
  /** Up to where this listener has everything; `null` while nothing is known. */
  cursor: string | null
  /** Must something be replayed to it before it can be given what is new? From the start, until the server has confirmed. */
  waiting: boolean
  /** Has it been told that it is connected, and not since that it is not? */
  connected?: boolean
  /** Where its last message was, or where it began. A ping moves `cursor` and not this. */
  latest?: string | null
  /** Listeners that share this very function share its calls: a message reaches it once, however many they are. */
  deliver(message: Message): void
  notify(change: Change, reason?: string): void
  /** `cursor` has moved in `stream`: what lies between was delivered, or, if `lost`, never will be. */
  moved?(lost: boolean, stream: string): void
}

/** One stream as this page asked for it. */
export class Subscription {
  readonly listeners = new Set<Listener>()
  /** What messages call the stream: other than the name asked for, if that is signed. Undefined until confirmed. */
  name: string | undefined
  /** The cursor of the subscribe that waits for its answer; one at a time, so an answer is never taken for another's. */
  pending: string | null | undefined
  rejected: string | undefined
  /** This socket has delivered everything up to here; undefined with a server that keeps no positions. */
  reached: string | undefined
  /** Where the server was when it answered last: up to there its messages are a replay. */
  answered: string | undefined

  add(listener: Listener): void {
    this.listeners.add(listener)
    listener.latest ??= listener.cursor
    if (this.rejected !== undefined) listener.notify('rejected', this.rejected)
    else if (this.name !== undefined) this.#settle(listener, this.reached)
  }

  /** Something in the page is older than this listener: what came since `cursor` is to be delivered again. */
  rewind(listener: Listener, cursor: string): void {
    if (listener.cursor && older(cursor, listener.cursor)) listener.cursor = cursor
    listener.waiting = true
  }

  /** The cursor to ask for so that every waiting listener gets what it missed; undefined if there is nothing to ask. */
  wanted(listeners = [...this.listeners].filter(({ waiting }) => waiting)): string | null | undefined {
    if (!listeners.length || this.pending !== undefined || this.rejected !== undefined) return undefined
    let least: string | null = null
    // Of two epochs the one that joined first is the older: asking for it brings out the gap that the other would hide.
    for (const { cursor } of listeners.reverse()) if (cursor && (!least || behind(cursor, least))) least = cursor
    return least
  }

  /** Takes the server's answer; true if listeners have lost messages for good. */
  confirm({ stream, name = stream, cursor, recovered }: Subscribed): boolean {
    const gap = cursor && this.pending && recovered === false
    this.name = name
    this.answered = cursor
    this.reached = cursor && ((!gap && this.pending) || cursor)
    this.pending = undefined
    const waiting = [...this.listeners].filter((listener) => listener.waiting)
    for (const listener of waiting) {
      if (gap) {
        listener.cursor = listener.latest = cursor
        listener.moved?.(true, name)
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
    this.name = this.pending = this.rejected = this.reached = undefined
    for (const listener of this.listeners) {
      listener.waiting = true
      if (!listener.connected) continue
      listener.connected = false
      listener.notify('disconnected')
    }
  }

  // A listener that has missed nothing on this socket is served from now on; another waits for the next answer.
  #settle(listener: Listener, now: string | undefined): void {
    const { cursor } = listener
    if (cursor && this.reached && behind(cursor, this.reached)) return
    listener.waiting = false
    if (!listener.connected) {
      listener.connected = true
      listener.notify('connected')
    }
    // One that has a cursor keeps it: what was missed since is still to come.
    if (!cursor) advance(listener, now, this.name)
  }
}

/** Every stream of one connection. */
export class Subscriptions extends Map<string, Subscription> {
  /**
   * Gives a message to every listener that has not had it. While one of the listeners that share a function waits for a
   * replay, the function gets nothing: the replay holds this message too, and in its place.
   */
  deliver(message: Message, report: (error: unknown) => void): void {
    const { stream, cursor } = message
    const named = [...this.values()].filter(({ name }) => name === stream)
    for (const subscription of named) if (cursor) subscription.reached = cursor
    message.replayed = !!cursor && named.some(({ answered }) => answered && !behind(answered, cursor))
    const listeners = named.flatMap((subscription) => [...subscription.listeners])
    const waiting = listeners.map(({ waiting, deliver }) => waiting && deliver)
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
    for (const listener of takers) {
      if (cursor && (!listener.latest || behind(listener.latest, cursor))) listener.latest = cursor
      advance(listener, cursor, stream)
    }
  }

  /** A ping says that the socket has carried everything up to `cursor`. */
  advance(cursor: string): void {
    for (const { pending, listeners, name } of this.values()) {
      if (pending === undefined)
        for (const listener of listeners) if (!listener.waiting) advance(listener, cursor, name)
    }
  }
}

function advance(listener: Listener, cursor: string | undefined, stream = ''): void {
  if (!cursor || (listener.cursor && !behind(listener.cursor, cursor))) return
  listener.cursor = cursor
  listener.latest ??= cursor
  listener.moved?.(false, stream)
}
