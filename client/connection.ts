// One socket to one URL for the whole life of a page: opens with the first subscription, comes back by itself, resumes every
// stream from where its listeners are. No DOM; WebSocket, clock and chance come from outside, so that Node can run it too.

import { backoff, limit } from './backoff.js'
import { type Clock, systemClock } from './clock.js'
import { decode, pong, type Subscribed, subscribe, unsubscribe } from './protocol.js'
import { type Listener, type Subscription, Subscriptions } from './subscriptions.js'

const SILENCE = 75_000
const PROBE = 5_000
const LINGER = 300
// An answer that stands for so long is a server that works; one that goes sooner is met with ever more patience.
const STEADY = 5_000
/** Over how many milliseconds pages spread their refresh, where the server does not say. */
export const SPREAD = 2_000

/** What both the browser's WebSocket and that of `ws` are. */
export interface Socket {
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(text: string): void
  close(): void
}

export interface ConnectionOptions {
  WebSocket: new (url: string) => Socket
  /** @default Date.now and the global timers */
  clock?: Clock
  /** A number in [0, 1). @default Math.random */
  random?: () => number
  /** Sent with each subscribe, so that a server can tell this page from others. */
  id?: string
  /** Messages of `stream` before `cursor` are lost for good; refresh within `spread` milliseconds. */
  gap?: (stream: string, spread: number, cursor?: string) => void
  /** Takes what a listener throws. @default console.error */
  report?: (error: unknown) => void
}

export class Connection {
  readonly #url: string
  readonly #options: ConnectionOptions
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #streams = new Subscriptions()
  /** Of the streams without listeners. */
  readonly #lingering = new Map<string, unknown>()
  #socket: Socket | undefined
  #open = false
  /** Of the watch over the socket, or of the next try to get one. */
  #timer: unknown
  #heard = 0
  #pinged = false
  #attempt = 0
  /** When this socket first had an answer. */
  #answered: number | undefined
  #after: number | undefined
  #dismissed = false

  constructor(url: string, options: ConnectionOptions) {
    this.#url = url
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#report = options.report ?? console.error
  }

  /** Adds a listener, asks the server for what it lacks, and returns the function that takes it away again. */
  subscribe(stream: string, listener: Listener): () => void {
    const subscription = this.#streams.add(stream, listener)
    this.#ask(stream, subscription)
    // A page that a server sent away may try again when somebody asks for something.
    this.#dismissed = false
    if (!this.#timer) this.#connect()
    return () => {
      if (subscription.listeners.delete(listener)) this.#linger(stream)
    }
  }

  /** Something in the page holds only what the server had at `cursor`: brings again what came since, if anything did. */
  rewind(stream: string, listener: Listener, cursor: string): void {
    const subscription = this.#streams.get(stream)
    if (!subscription) return
    if (this.#streams.rewind(subscription, listener, cursor)) this.#ask(stream, subscription)
    else if (listener.connected) this.#options.gap?.(stream, SPREAD, listener.cursor as string)
  }

  /** Does at once what a timer would do later, and doubts a socket that has been quiet for a while. */
  wake(): void {
    if (!this.#streams.size || this.#dismissed) return
    const quiet = this.#clock.now() - this.#heard
    if (!this.#socket || quiet >= (this.#open ? SILENCE : PROBE)) this.#connect()
    else if (quiet >= PROBE) this.#probe()
  }

  /** Closes the socket and ends every timer. Listeners stay; `wake()` or a new subscription connects again. */
  suspend(): void {
    this.#drop()
    for (const timer of this.#lingering.values()) this.#clock.clearTimeout(timer)
  }

  // Only a server that keeps positions may be asked again; another might deliver everything twice from then on.
  #probe(): void {
    for (const [stream, subscription] of this.#streams) {
      const cursor = this.#streams.counts(subscription) && subscription.wanted([...subscription.listeners])
      if (!cursor) continue
      this.#ask(stream, subscription, cursor)
      this.#watch(PROBE)
      break
    }
  }

  #connect(): void {
    this.#drop()
    this.#after = undefined
    if (!this.#streams.size) return
    const socket = new this.#options.WebSocket(this.#url)
    this.#socket = socket
    socket.onopen = () => {
      this.#open = true
      for (const [stream, subscription] of this.#streams) this.#ask(stream, subscription)
    }
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data)
    socket.onclose = () => this.#lose()
    // `ws` throws an error that nobody listens to; the close that follows it says all there is to say.
    socket.onerror = () => {}
    this.#heard = this.#clock.now()
    this.#watch(SILENCE)
  }

  #receive(frame: unknown): void {
    this.#heard = this.#clock.now()
    const message = decode(frame)
    if (message?.type === 'message') {
      this.#attempt = 0
      this.#streams.deliver(message, this.#report)
    } else if (message?.type === 'subscribed') this.#confirm(message)
    else if (message?.type === 'rejected') this.#streams.get(message.stream)?.reject(message.reason ?? '')
    else if (message?.type === 'ping') {
      this.#pinged = true
      this.#socket?.send(pong)
      if (message.cursor) this.#streams.advance(message.cursor)
    } else if (message?.type === 'disconnect') {
      this.#dismissed = message.reconnect === false
      this.#after = limit(message.after)
    }
  }

  #confirm(answer: Subscribed): void {
    const { stream, refresh, cursor } = answer
    const subscription = this.#streams.get(stream)
    if (!subscription) return
    this.#answered ??= this.#heard
    if (this.#streams.confirm(answer)) this.#options.gap?.(stream, limit(refresh) ?? SPREAD, cursor)
    this.#ask(stream, subscription)
  }

  #ask(stream: string, subscription: Subscription, cursor = this.#streams.wanted(subscription)): void {
    if (!this.#open || cursor === undefined) return
    subscription.pending = cursor
    this.#socket?.send(subscribe(stream, cursor, this.#options.id))
  }

  // Looks again when the silence could have lasted long enough, instead of a new timer with every message.
  #watch(patience: number, since = this.#heard): void {
    this.#later(patience, () => {
      if (this.#heard > since) {
        this.#watch(this.#heard + SILENCE - this.#clock.now())
        return
      }
      // The gem's server never pings, so its silence means little and it has no history: be away as briefly as can be.
      if (!this.#pinged) this.#after = 0
      this.#lose()
    })
  }

  #lose(): void {
    if (this.#answered !== undefined && this.#clock.now() - this.#answered >= STEADY) this.#attempt = 0
    this.#drop()
    if (!this.#streams.size || this.#dismissed) return
    this.#later(this.#after ?? backoff(this.#attempt++, this.#options.random), () => this.#connect())
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#open = false
    this.#answered = undefined
    if (socket) {
      // A dead network answers no close for minutes: whatever this socket still says is not heard any more.
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
    for (const [stream, subscription] of this.#streams) {
      if (subscription.listeners.size) subscription.reset()
      else this.#streams.delete(stream)
    }
    this.#later()
  }

  #later(milliseconds?: number, callback?: () => void): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = callback && this.#clock.setTimeout(callback, milliseconds as number)
  }

  // A stream whose last listener leaves is kept for a moment: during a visit the next page usually wants it again.
  #linger(stream: string): void {
    this.#clock.clearTimeout(this.#lingering.get(stream))
    this.#lingering.set(
      stream,
      this.#clock.setTimeout(() => this.#leave(stream), LINGER),
    )
  }

  #leave(stream: string): void {
    const subscription = this.#streams.get(stream)
    if (!subscription || subscription.listeners.size) return
    // The next page's token for the same stream is confirmed before this one is given up: nothing is lost between the two.
    if ([...this.#streams.values()].some(({ pending }) => pending !== undefined)) {
      this.#linger(stream)
      return
    }
    // A refused stream is remembered until the socket goes: one attempt per connection.
    if (subscription.rejected !== undefined) return
    this.#streams.delete(stream)
    if (this.#open) this.#socket?.send(unsubscribe(stream))
  }
}
