// The processes of a hub that may be killed and started anew on their ports.

import type { Sent, ServerCalls } from './reliability-server.mts'
import { start } from './start.mts'

/** One of the processes. */
export class Hub {
  readonly #engine: string
  #child = start<ServerCalls>('reliability-server')
  port = 0
  /** Broadcasts for which a verb said false. */
  refused = 0

  constructor(engine: string) {
    this.#engine = engine
  }

  async start(): Promise<void> {
    if (this.port !== 0) this.#child = start<ServerCalls>('reliability-server')
    this.port = await this.#child.ask('start', { port: this.port, engineUrl: this.#engine })
  }

  async publish(plan: Parameters<ServerCalls['publish']>[0]): Promise<Sent[]> {
    const sent = await this.#child.ask('publish', plan)
    this.refused += sent.filter(({ taken }) => !taken).length
    return sent
  }

  /** As a machine that fails would: no close, no goodbye. */
  kill(): Promise<void> {
    return this.#child.kill()
  }

  end(): Promise<void> {
    return this.#child.end()
  }
}

/** Starts processes with one engine, by its URL. */
export async function startHubs(count: number, engine: string): Promise<Hub[]> {
  const hubs = Array.from({ length: count }, () => new Hub(engine))
  await Promise.all(hubs.map((hub) => hub.start()))
  return hubs
}
