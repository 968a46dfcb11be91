// What goes out by the engine, from whomever. It knows nothing of closing: what an app has to say while its hub closes, and after
// that, is for the engine to take or to refuse, as nobody else will say it again.

import { unknownCursor } from '../engine/cursor'
import type { Engine, Outgoing } from '../engine/engine'
import type { Broadcast, Publisher } from '../publisher/publisher'
import type { BroadcastNews } from './broadcast-news'
import type { FanOut } from './fan-out'

/** What `Sending` works with. */
export interface SendingParts {
  readonly engine: Engine
  readonly fanOut: FanOut
  readonly news: BroadcastNews
}

/** Sends by the engine of a hub. */
export class Sending implements Publisher {
  readonly #parts: SendingParts
  readonly #listeners = new Set<() => void>()

  constructor(parts: SendingParts) {
    this.#parts = parts
  }

  /** Resolves once they have been written to every subscribed socket of this process. Rejects if the engine does. */
  async publish(broadcasts: readonly Broadcast[], id?: string, givenUp?: readonly string[]): Promise<void> {
    const { engine, fanOut, news } = this.#parts
    const outgoing = broadcasts.map(
      ({ stream, data, exclude }): Outgoing => ({ stream, json: JSON.stringify(data), exclude }),
    )
    const back = news.publishing(outgoing)
    try {
      await engine.publish(outgoing, id, givenUp)
    } finally {
      back?.()
    }
    await fanOut.flushed()
  }

  // The clients come back with cursors that have a gap, and refresh their pages, spread over seconds.
  async refreshAll(id?: string): Promise<true> {
    await this.#parts.engine.refreshAll(id)
    return true
  }

  whenLost(told: () => void): () => void {
    this.#listeners.add(told)
    return () => void this.#listeners.delete(told)
  }

  /** The engine's log was lost. */
  lost(): void {
    for (const told of this.#listeners) told()
  }

  /** The cursor of this moment: "has everything sent so far". While that is unknown, a cursor that is always a gap. */
  cursor(): string {
    return this.#parts.engine.cursor() ?? unknownCursor
  }
}
