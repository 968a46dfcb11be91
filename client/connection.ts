// One socket to one URL for the whole life of a page: opens with the first subscription, comes back by itself, resumes every
// stream from where its listeners are. No DOM; WebSocket, clock and chance come from outside, so that Node can run it too.

import { backoff, limit } from './backoff.js'
import type { Clock } from './clock.js'
import { decode, encode, type Outbound, type Subscribed } from './protocol.js'
import { type Listener, type Subscription, Subscriptions } from './subscriptions.js'

const SILENCE = 75_000
const PROBE = 5_000
const LINGER = 300
// An answer that stands for so long is a server that works; one that goes sooner is met with ever more patience.
const STEADY = 5_000

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
  /** @default the global object */
  clock?: Clock
  /** A number in [0, 1). @default Math.random */
  random?: () => number
  /** Sent with each subscribe, so that a server can tell this page from others. It may change while there is no socket. */
  id?: string
  /** Messages of `stream` before `cursor` are lost for good; refresh within `spread` milliseconds, if the server says how many. */
  gap?: (stream: string, spread: number | undefined, cursor?: string) => void
  /** Another subscriber of `stream` whispers. */
  whispered?: (stream: string, data: unknown) => void
  /** Takes what a listener throws. @default reportError, or console.error */
  report?: (error: unknown) => void
}

/** The connection to one URL. */
export interface Connection {
  /** Adds a listener, asks the server for what it lacks, and returns the function that takes it away again. */
  subscribe(stream: string, listener: Listener): () => void
  /** Something in the page holds only what the server had at `cursor`: brings again what came since, if anything did. */
  rewind(stream: string, listener: Listener, cursor: string): void
  /** Says something to the other subscribers of a stream, by its name or as it was asked for; to nobody while it is not served. */
  whisper(stream: string, data: unknown): void
  /**
   * Does at once what a timer would do later, and doubts a socket that has been quiet for a while. With `visited`, another page
   * comes, and may be for somebody else than the socket was opened for: who has just logged in, say.
   */
  wake(visited?: boolean): void
  /** Closes the socket and ends its timer. Listeners stay; `wake()` or a new subscription connects again. */
  suspend(): void
}

/** Makes a connection. It opens a socket when somebody subscribes. */
export function createConnection(url: string, options: ConnectionOptions): Connection {
  const {
    clock = globalThis as unknown as Clock,
    report = globalThis.reportError ?? console.error,
    gap,
    whispered,
    random,
  } = options
  const streams = new Subscriptions()
  let socket: Socket | undefined
  let open = false
  /** Of the watch over the socket, or of the next try to get one. */
  let timer: unknown
  let heard = 0
  let pinged = false
  let attempt = 0
  /** When this socket first had an answer. */
  let answered: number | undefined
  let after: number | undefined
  let dismissed = false
  /** Was there a visit since the socket was opened? Then what it is refused counts only when another one is refused it too. */
  let outdated: boolean | undefined

  const now = () => clock.Date.now()

  function say(words: Outbound): void {
    socket?.send(encode(words))
  }

  function ask(stream: string, subscription: Subscription, cursor = streams.wanted(subscription)): void {
    if (!open || cursor === undefined) return
    subscription.pending = cursor
    say({ type: 'subscribe', stream, cursor, connection: options.id })
  }

  // Only a server that keeps positions may be asked again; another might deliver everything twice from then on.
  function probe(): void {
    for (const [stream, subscription] of streams) {
      const cursor = streams.counts(subscription) && subscription.wanted([...subscription.listeners])
      if (!cursor) continue
      ask(stream, subscription, cursor)
      watch(PROBE)
      break
    }
  }

  function connect(): void {
    drop()
    after = undefined
    if (!streams.size) return
    socket = new options.WebSocket(url)
    socket.onopen = () => {
      open = true
      dismissed = false
      for (const [stream, subscription] of streams) ask(stream, subscription)
    }
    socket.onmessage = ({ data }: { data: unknown }) => receive(data)
    socket.onclose = lose
    // `ws` throws an error that nobody listens to; the close that follows it says all there is to say.
    socket.onerror = () => {}
    heard = now()
    watch(SILENCE)
  }

  function receive(frame: unknown): void {
    heard = now()
    const message = decode(frame)
    if (!message) return
    const { type } = message
    if (type === 'message') {
      attempt = 0
      streams.deliver(message, report)
    } else if (type === 'subscribed') confirm(message)
    else if (type === 'rejected') {
      if (outdated) connect()
      else streams.get(message.stream)?.reject(message.reason)
    } else if (type === 'whisper') whispered?.(message.stream, message.data)
    else if (type === 'ping') {
      pinged = true
      say({ type: 'pong' })
      if (message.cursor) streams.advance(message.cursor)
    } else if (type === 'disconnect') {
      dismissed = message.reconnect === false
      after = limit(message.after)
    }
  }

  function confirm(answer: Subscribed): void {
    const { stream, refresh, cursor } = answer
    const subscription = streams.get(stream)
    if (!subscription) return
    answered ??= heard
    if (streams.confirm(answer)) gap?.(stream, limit(refresh), cursor)
    ask(stream, subscription)
  }

  // Looks again when the silence could have lasted long enough, instead of a new timer with every message.
  function watch(patience: number, since = heard): void {
    later(patience, () => {
      if (heard > since) return watch(heard + SILENCE - now())
      // The gem's server never pings, so its silence means little and it has no history: be away as briefly as can be.
      if (!pinged) after = 0
      lose()
    })
  }

  function lose(): void {
    if (answered !== undefined && now() - answered >= STEADY) attempt = 0
    // Who was sent away after a visit is perhaps somebody else by now, and is asked once more.
    const again = outdated || !dismissed
    drop()
    if (streams.size && again) later(after ?? backoff(attempt++, random), connect)
  }

  function drop(): void {
    const lost = socket
    socket = answered = undefined
    open = outdated = false
    if (lost) {
      // A dead network answers no close for minutes: whatever this socket still says is not heard any more.
      lost.onopen = lost.onmessage = lost.onclose = null
      lost.close()
    }
    for (const [stream, subscription] of streams) {
      if (subscription.listeners.size) subscription.reset()
      else streams.delete(stream)
    }
    clock.clearTimeout(timer)
    timer = undefined
  }

  function later(milliseconds: number, callback: () => void): void {
    clock.clearTimeout(timer)
    timer = clock.setTimeout(callback, milliseconds)
  }

  // A stream whose last listener leaves is kept for a moment: during a visit the next page usually wants it again.
  function linger(stream: string, subscription: Subscription): void {
    clock.setTimeout(() => {
      // A refused stream is remembered until the socket goes: one attempt per connection.
      if (subscription.listeners.size || subscription.rejected !== undefined || streams.get(stream) !== subscription)
        return
      // The next page's token for the same stream is confirmed before this one is given up: nothing is lost between the two.
      if ([...streams.values()].some(({ pending }) => pending !== undefined)) linger(stream, subscription)
      else {
        streams.delete(stream)
        if (open) say({ type: 'unsubscribe', stream })
      }
    }, LINGER)
  }

  return {
    subscribe(stream, listener) {
      if (outdated && streams.get(stream)?.rejected) drop()
      const subscription = streams.add(stream, listener)
      ask(stream, subscription)
      // A page that a server sent away may try again when somebody asks for something.
      dismissed = false
      if (!timer) connect()
      return () => {
        if (subscription.listeners.delete(listener)) linger(stream, subscription)
      }
    },

    rewind(stream, listener, cursor) {
      const subscription = streams.get(stream)
      if (!subscription) return
      if (streams.rewind(subscription, listener, cursor)) ask(stream, subscription)
      else if (listener.connected) gap?.(stream, undefined, listener.cursor as string)
    },

    whisper(stream, data) {
      const found = [...streams].find(
        ([address, { name, confirmed }]) => confirmed && (address === stream || name === stream),
      )
      if (found) say({ type: 'whisper', stream: found[0], data })
    },

    wake(visited) {
      outdated ||= visited
      dismissed &&= !visited
      if (!streams.size || dismissed) return
      const quiet = now() - heard
      if (!socket || quiet >= (open ? SILENCE : PROBE)) connect()
      else if (quiet >= PROBE) probe()
    },

    suspend: drop,
  }
}
