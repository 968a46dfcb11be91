// The cable that the inspector's own page is kept up to date by: a hub of its own. So what it sends is no broadcast of the app's,
// takes no position, is in no history, reaches no other process, and is not inspected.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { MemoryEngine } from '../engine/memory'
import { Entrance } from '../http/entrance'
import { Handshake } from '../http/handshake'
import { Hub } from '../hub/hub'
import { type ResolvedOptions, resolveOptions } from '../options/options'
import { turboCableProtocol } from '../protocol/turbo-cable'
import { marker } from '../view/marker'
import { type Access, liveStream } from './access'

/** What the own cable takes over from the cable that is inspected. */
type Outer = Pick<ResolvedOptions, 'allowedOrigins' | 'trustProxy'>

/** The inspector's cable. */
export class OwnCable {
  readonly #hub: Hub
  readonly #handshake: Handshake
  readonly #access: Access

  /** Who connects has to pass `access` once more, and to have the token of a page. `entered` is called for each who does. */
  constructor(access: Access, { allowedOrigins, trustProxy }: Outer, entered: () => void) {
    const options = resolveOptions(
      {
        secret: access.secret,
        authenticate(request) {
          if (access.refusal(request) !== undefined || !access.isOwn(request)) return null
          entered()
          return 'operator'
        },
        allowedOrigins,
        trustProxy,
        history: { size: 50, ttl: 60_000, totalBytes: 4_194_304 },
        // A page that fetches itself again has a new token before it lets the old one go.
        limits: { connections: 100, streamsPerConnection: 10 },
      },
      {},
    )
    this.#access = access
    this.#hub = new Hub(new MemoryEngine(options.history), options)
    this.#handshake = new Handshake({
      hub: this.#hub,
      options,
      entrance: new Entrance(this.#hub, options),
      protocols: [turboCableProtocol],
      isPath: () => true,
    })
    void this.#hub.start(options.history)
  }

  /** How many pages are open. */
  get pages(): number {
    return this.#hub.size
  }

  /** Takes the upgrade of a page. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#handshake.upgrade(request, socket, head)
  }

  /** The marker of a page that shows what is so now. */
  marker(): string {
    return marker([this.#access.streamToken()], this.#hub.cursor())
  }

  /** Sends stream elements to all pages. */
  async send(elements: string): Promise<void> {
    await this.#hub.publish([{ stream: liveStream, data: elements }])
  }

  /** Sends the pages away. */
  close(timeout: number): Promise<void> {
    return this.#hub.close(timeout)
  }
}
