// Servers that speak the plain wire as others do, for this package's client and publisher: one as the turbo_cable gem's, one as
// Navigator's. They are strict where the originals are, and write down whatever they could not have understood.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { listen, portOf, shut } from '../../support/http-server.ts'

type Fields = Record<string, unknown>

export abstract class PeerServer {
  /** Every frame that came, as text. */
  readonly received: string[] = []
  /** What is not in this server's vocabulary. */
  readonly strange: string[] = []
  readonly #http: Server
  readonly #wss = new WebSocketServer({ noServer: true })

  constructor() {
    this.#http = createServer((request, response) => void this.#serve(request, response))
    this.#http.on('upgrade', (request, socket, head) => {
      // Neither looks at the origin, and neither knows a subprotocol.
      if (request.headers['sec-websocket-protocol']) this.strange.push('a subprotocol')
      this.#wss.handleUpgrade(request, socket, head, (client) => this.#accept(client))
    })
  }

  /** Listens on the given port, or on a free one. */
  async start(port = 0): Promise<this> {
    await listen(this.#http, { port })
    return this
  }

  get port(): number {
    return portOf(this.#http)
  }

  get sockets(): number {
    return this.#wss.clients.size
  }

  /** Cuts every connection, without a close frame, as both do when they end. */
  cut(): void {
    for (const client of this.#wss.clients) client.terminate()
  }

  async stop(): Promise<void> {
    this.cut()
    await shut(this.#http)
  }

  /** Sends to the subscribers of a stream. */
  broadcast(stream: string, data: unknown): void {
    for (const client of this.subscribersOf(stream)) send(client, { type: 'message', stream, data })
  }

  protected abstract subscribersOf(stream: string): Iterable<WebSocket>
  protected abstract commandReceived(client: WebSocket, type: unknown, stream: unknown): void
  protected abstract badFrame(client: WebSocket): void
  protected abstract closed(client: WebSocket): void
  /** Status and text for a POST of this body. */
  protected abstract posted(body: string): [number, string]

  protected get clients(): Iterable<WebSocket> {
    return this.#wss.clients
  }

  #accept(client: WebSocket): void {
    client.on('error', () => {})
    client.on('close', () => this.closed(client))
    client.on('message', (data, binary) => {
      const text = data.toString()
      this.received.push(text)
      if (binary) this.strange.push(`a binary frame: ${text}`)
      const value = parsed(text)
      if (typeof value !== 'object' || value === null) this.badFrame(client)
      else this.#read(client, text, value as Fields)
    })
  }

  #read(client: WebSocket, text: string, { type, stream }: Fields): void {
    const known = type === 'pong' || ((type === 'subscribe' || type === 'unsubscribe') && typeof stream === 'string')
    if (!known) this.strange.push(text)
    this.commandReceived(client, type, stream)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const [status, text] = this.posted(body)
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text)
  }
}

export function send(client: WebSocket, value: object): void {
  client.send(JSON.stringify(value))
}

/** A JSON value, or undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
