// As the gem's own client on the wire, in our words: reads the page's streams once, subscribes to each when the socket opens,
// answers pings, knows three types of message, takes those of the streams that it asked for, and comes back after 3 seconds if it was ever confirmed.

import { WebSocket } from 'ws'
import type { Clock } from '../../../client/clock.ts'

type Frame = { type: string; stream: string; data: unknown }

export class GemClient {
  /** What it hands to the page: the HTML of a stream element, or the detail of a `turbo:stream-message` event. */
  readonly shown: unknown[] = []
  /** Every frame that came, as text. */
  readonly received: string[] = []
  readonly #url: string
  readonly #streams: readonly string[]
  readonly #clock: Clock
  readonly #subscribed = new Set<string>()
  #socket: WebSocket | undefined
  #ended = false

  constructor(url: string, streams: readonly string[], clock: Clock) {
    this.#url = url
    this.#streams = streams
    this.#clock = clock
    this.#connect()
  }

  /** Confirmed by the server on this socket. */
  get subscribed(): readonly string[] {
    return [...this.#subscribed]
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** The element leaves the page. */
  disconnect(): void {
    this.#ended = true
    for (const stream of this.#subscribed) this.#send({ type: 'unsubscribe', stream })
    this.#socket?.close()
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.on('open', () => {
      for (const stream of this.#streams) this.#send({ type: 'subscribe', stream })
    })
    socket.on('message', (data) => this.#take(data.toString()))
    socket.on('error', () => {})
    socket.on('close', () => {
      const again = this.#subscribed.size > 0 && !this.#ended
      this.#subscribed.clear()
      if (again) this.#clock.setTimeout(() => this.#connect(), 3_000)
    })
  }

  #take(text: string): void {
    this.received.push(text)
    const { type, stream, data }: Frame = JSON.parse(text)
    if (type === 'ping') this.#send({ type: 'pong' })
    else if (type === 'subscribed') this.#subscribed.add(stream)
    else if (type === 'message' && this.#subscribed.has(stream)) {
      // A string is HTML, of which it takes the first stream element.
      const [html] = typeof data === 'string' ? (/<turbo-stream.*?<\/turbo-stream>/s.exec(data) ?? []) : []
      if (html) this.shown.push(html)
      else if (typeof data === 'object') this.shown.push({ stream, data })
    }
  }

  #send(value: object): void {
    this.#socket?.send(JSON.stringify(value))
  }
}
