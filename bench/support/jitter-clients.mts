// The clients of the jitter bench: this package's, and one that speaks the plain wire as older clients do. Both keep a ledger.

import { backoff } from '../../client/backoff.ts'
import { Connection } from '../../client/connection.ts'
import { decode, pong } from '../../client/protocol.ts'
import { Plug } from './plug.mts'
import { now } from './reliability-clock.mts'
import type { Payload } from './reliability-server.mts'

/** What one client got of messages 0 … count - 1, and when. Message `count` is the end mark. */
export class Ledger {
  readonly delays: number[] = []
  /** The same, without the time that the client was kept offline. */
  readonly beyond: number[] = []
  duplicates = 0
  disorder = 0
  gaps = 0
  cuts = 0
  /** The end mark has come. */
  ended = false
  readonly #count: number
  readonly #seen = new Set<number>()
  readonly #offline: { from: number; to: number }[] = []
  #last = -1

  constructor(count: number) {
    this.#count = count
  }

  take({ n, at }: Payload): void {
    const received = now()
    if (this.#seen.has(n)) {
      this.duplicates++
      return
    }
    this.#seen.add(n)
    if (n < this.#last) this.disorder++
    this.#last = Math.max(n, this.#last)
    if (n >= this.#count) this.ended = true
    else {
      this.delays.push(received - at)
      this.beyond.push(received - at - this.#forced(at, received))
    }
  }

  away(from: number, to: number): void {
    this.cuts++
    this.#offline.push({ from, to })
  }

  #forced(from: number, to: number): number {
    return this.#offline.reduce((sum, each) => sum + Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)), 0)
  }
}

export interface Client {
  readonly live: boolean
  /** Takes the network away: the socket ends without a close, and no other can be had. */
  unplug(): void
  /** Gives it back, and says so as a browser does by its event `online`. */
  replug(): void
  end(): void
}

/** This package's client with its stock settings. */
export function stockClient(url: string, stream: string, ledger: Ledger): Client {
  const plug = new Plug()
  const connection = new Connection(url, {
    WebSocket: plug.WebSocket,
    gap: () => {
      ledger.gaps++
    },
  })
  const listener = {
    cursor: null,
    waiting: true,
    connected: false,
    // Only the bench's server sends on this stream.
    deliver: ({ data }: { data: unknown }) => ledger.take(data as Payload),
    notify() {},
  }
  const leave = connection.subscribe(stream, listener)
  return {
    get live() {
      return !!listener.connected
    },
    unplug: () => plug.pull(),
    replug() {
      plug.push()
      connection.wake()
    },
    end() {
      leave()
      connection.suspend()
      plug.pull()
    },
  }
}

/** The plain wire: subscribes anew after each loss, with the same backoff, and knows nothing of what it missed. */
export function plainClient(url: string, stream: string, ledger: Ledger): Client {
  const plug = new Plug()
  let timer: NodeJS.Timeout | undefined
  let attempt = 0
  let live = false
  let over = false
  const open = () => {
    clearTimeout(timer)
    timer = undefined
    const socket = new plug.WebSocket(url)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', stream })))
    socket.on('message', (frame) => {
      const message = decode(String(frame))
      attempt = 0
      if (message?.type === 'message') ledger.take(message.data as Payload)
      else if (message?.type === 'subscribed') live = true
      else if (message?.type === 'ping') socket.send(pong)
    })
    socket.on('close', () => {
      live = false
      if (!over) timer = setTimeout(open, backoff(attempt++))
    })
  }
  open()
  return {
    get live() {
      return live
    },
    unplug: () => plug.pull(),
    replug() {
      plug.push()
      if (timer) open()
    },
    end() {
      over = true
      clearTimeout(timer)
      plug.pull()
    },
  }
}
