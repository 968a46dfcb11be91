// As the turbo_cable gem's Rack middleware: never pings, closes on invalid JSON, and keeps a list of subscribers per stream, so
// that who subscribes twice is sent everything twice.

import type { WebSocket } from 'ws'
import { PeerServer, parsed, send } from './server.ts'

export class GemServer extends PeerServer {
  readonly #streams = new Map<string, WebSocket[]>()

  protected subscribersOf(stream: string): Iterable<WebSocket> {
    return this.#streams.get(stream) ?? []
  }

  protected commandReceived(client: WebSocket, type: unknown, stream: unknown): void {
    const name = String(stream)
    if (type === 'subscribe') {
      this.#streams.set(name, [...(this.#streams.get(name) ?? []), client])
      send(client, { type: 'subscribed', stream })
    } else if (type === 'unsubscribe') this.#leave(client, name)
  }

  protected badFrame(client: WebSocket): void {
    client.terminate()
  }

  protected closed(client: WebSocket): void {
    for (const stream of this.#streams.keys()) this.#leave(client, stream)
  }

  protected posted(body: string): [number, string] {
    const value = parsed(body)
    // It asks the value for its keys as one asks an object: an array is an error there.
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [500, 'Internal Server Error']
    const { stream, data = null } = value as { stream: string; data?: unknown }
    this.broadcast(stream, data)
    return [200, 'OK']
  }

  #leave(client: WebSocket, stream: string): void {
    this.#streams.set(
      stream,
      (this.#streams.get(stream) ?? []).filter((each) => each !== client),
    )
  }
}
