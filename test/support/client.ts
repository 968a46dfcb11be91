// A WebSocket client for tests: what the server says is a queue to read from, so that tests wait for events and not for time.

import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { Queue } from './queue.ts'

export interface Message {
  readonly type: string
  readonly [field: string]: unknown
}

export class TestClient {
  readonly ws: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #received = new Queue<string>()

  constructor(url: string, options?: ClientOptions, protocols: string[] = []) {
    this.ws = new WebSocket(url, protocols, { rejectUnauthorized: false, ...options })
    this.closed = new Promise((resolve) => {
      this.ws.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.#received.end(new Error(`closed with ${code} while waiting for a message`))
      })
    })
    this.ws.on('error', () => {})
    this.ws.on('message', (data) => this.#received.push(data.toString()))
  }

  /** Everything received and not yet read, as text. */
  get inbox(): string[] {
    return this.#received.items
  }

  /** Resolves when connected; rejects when refused. */
  async opened(): Promise<this> {
    if (this.ws.readyState === WebSocket.OPEN) return this
    const controller = new AbortController()
    const { signal } = controller
    try {
      await Promise.race([
        once(this.ws, 'open', { signal }),
        once(this.ws, 'error', { signal }).then(([error]) => Promise.reject(error)),
      ])
    } finally {
      controller.abort()
    }
    return this
  }

  /** The next message's exact text. */
  nextText(): Promise<string> {
    return this.#received.next()
  }

  async next(): Promise<Message> {
    return JSON.parse(await this.nextText())
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Subscribes and returns the answer. Only for a client that nothing else is on its way to. */
  async subscribe(stream: string, extra: object = {}): Promise<Message> {
    this.send({ type: 'subscribe', stream, ...extra })
    return this.next()
  }

  /**
   * What has arrived by now: asks for something that the server answers in order, and returns all before the answer.
   * So "nothing came" is an observation and not a wait.
   */
  async drain(): Promise<Message[]> {
    const marker = `drain:${Math.random()}`
    this.send({ type: 'subscribe', stream: marker })
    const before: Message[] = []
    for (;;) {
      const message = await this.next()
      if (message.type === 'subscribed' && message.stream === marker) break
      before.push(message)
    }
    this.send({ type: 'unsubscribe', stream: marker })
    return before
  }

  async close(): Promise<void> {
    this.ws.close()
    await this.closed
  }
}
