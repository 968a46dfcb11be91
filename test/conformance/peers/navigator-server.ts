// As Navigator's cable: sets of subscribers, JSON pings (sent here when the test says so), bad frames ignored, an empty 200.

import type { WebSocket } from 'ws'
import { PeerServer, parsed, send } from './server.ts'

export class NavigatorServer extends PeerServer {
  readonly #streams = new Map<string, Set<WebSocket>>()

  /** What it does every 30 seconds. */
  ping(): void {
    for (const client of this.clients) send(client, { type: 'ping' })
  }

  protected subscribersOf(stream: string): Iterable<WebSocket> {
    return this.#streams.get(stream) ?? []
  }

  protected commandReceived(client: WebSocket, type: unknown, stream: unknown): void {
    if (typeof stream !== 'string' || stream === '') return
    if (type === 'subscribe') {
      this.#streams.set(stream, (this.#streams.get(stream) ?? new Set()).add(client))
      send(client, { type: 'subscribed', stream })
    } else if (type === 'unsubscribe') this.#streams.get(stream)?.delete(client)
  }

  protected badFrame(): void {}

  protected closed(client: WebSocket): void {
    for (const clients of this.#streams.values()) clients.delete(client)
  }

  protected posted(body: string): [number, string] {
    const value = parsed(body)
    if (value === undefined || Array.isArray(value)) return [400, 'Invalid JSON\n']
    const { stream, data } = value as { stream?: string; data?: unknown }
    if (!stream) return [400, 'Stream required\n']
    this.broadcast(stream, data)
    return [200, '']
  }
}
