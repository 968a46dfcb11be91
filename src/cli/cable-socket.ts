// A client of the cable's own wire, for commands: what the server says is read one message at a time.

import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'

/** What the server says. */
export interface Said {
  readonly type: string
  readonly [field: string]: unknown
}

/** Why there is no socket: the HTTP answer, or no answer. */
export class NotOpened extends Error {
  /** 0 where there was no answer. */
  readonly status: number
  readonly response: IncomingMessage | undefined

  constructor(message: string, response?: IncomingMessage) {
    super(message)
    this.status = response?.statusCode ?? 0
    this.response = response
  }
}

/** How a socket is opened. */
export interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** How long it may take, ms. */
  readonly timeout?: number
}

/** A socket that is open until it closes. */
export class CableSocketClient {
  readonly #ws: WebSocket
  readonly #said: Said[] = []
  #wake: (() => void) | undefined
  #closed: string | undefined
  #alive: (() => void) | undefined

  private constructor(ws: WebSocket) {
    this.#ws = ws
    ws.on('message', (data) => {
      this.#alive?.()
      try {
        this.#said.push(JSON.parse(String(data)))
      } catch {
        return
      }
      this.#wake?.()
    })
    ws.on('ping', () => this.#alive?.())
    ws.on('close', (code, reason) => {
      this.#closed = `closed with ${code}${reason.length > 0 ? ` ${reason}` : ''}`
      this.#wake?.()
    })
  }

  /** Opens one. Rejects with NotOpened. */
  static open(url: URL, { headers = {}, timeout = 10_000 }: OpenOptions = {}): Promise<CableSocketClient> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(url, { headers: { ...headers }, handshakeTimeout: timeout })
      const client = new CableSocketClient(ws)
      ws.once('open', () => resolve(client))
      ws.on('error', (error) =>
        reject(new NotOpened(error.message || (error as NodeJS.ErrnoException).code || 'error')),
      )
      ws.once('unexpected-response', (request, response) => {
        request.on('error', () => {})
        reject(new NotOpened(`the answer was ${response.statusCode}`, response))
        request.destroy()
      })
    })
  }

  /** Says something. */
  say(word: object): void {
    this.#ws.send(JSON.stringify(word))
  }

  /** The next message; undefined once the socket has closed. */
  async next(): Promise<Said | undefined> {
    while (this.#said.length === 0 && this.#closed === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#said.shift()
  }

  /** Why it has closed. */
  get closed(): string | undefined {
    return this.#closed
  }

  /** Ends it when nothing, not even a ping, comes for `silence` ms. */
  endWhenSilent(silence: number): void {
    let timer: NodeJS.Timeout | undefined
    this.#alive = () => {
      clearTimeout(timer)
      timer = setTimeout(() => this.#ws.terminate(), silence)
    }
    this.#ws.on('close', () => clearTimeout(timer))
    this.#alive()
  }

  /** Ends it now. */
  end(): void {
    this.#ws.terminate()
  }
}
