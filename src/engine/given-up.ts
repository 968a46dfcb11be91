// Broadcasts whose connection ended before an answer came. They may still be on their way, and would come after what is newer: so
// the engine is told not to take them, and their sender hears that they were not sent when they cannot come any more.

import { setTimeout } from 'node:timers/promises'
import { forgetOldest } from './oldest'

/** How many are remembered of which nobody knows an end: as many as the engine remembers. */
const most = 10_000

/** How many at once, so that each message stays small. */
const together = 200

/** Between two attempts to tell the engine, ms. */
const pause = 50

/** What one process has given up. */
export class GivenUp {
  readonly #tell: (ids: readonly string[]) => Promise<void>
  readonly #ids = new Set<string>()
  #telling: Promise<void> | undefined
  #stopped = false

  /** `tell` asks the engine not to take these, and rejects where it cannot. */
  constructor(tell: (ids: readonly string[]) => Promise<void>) {
    this.#tell = tell
  }

  /** To be named with what is sent next, before it. */
  get ids(): readonly string[] {
    const some: string[] = []
    for (const id of this.#ids) if (some.push(id) === together) break
    return some
  }

  /** The engine knows of these. */
  told(ids: readonly string[]): void {
    for (const id of ids) this.#ids.delete(id)
  }

  /**
   * Resolves when these cannot come any more: the engine was told, or takes them no longer by itself, at a time of `performance.now()`.
   * Where nobody knows of such a time it resolves at once, and they are named with what is sent next.
   */
  async add(ids: readonly string[], till: number | undefined): Promise<void> {
    for (const id of ids) this.#ids.add(id)
    if (till === undefined) {
      forgetOldest(this.#ids, most)
      return
    }
    while (performance.now() < till && !this.#stopped && ids.some((id) => this.#ids.has(id))) {
      this.#telling ??= this.#tellAll()
      await this.#telling
    }
    // From then on the engine does not take them by itself.
    this.told(ids)
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#stopped = true
  }

  async #tellAll(): Promise<void> {
    const { ids } = this
    try {
      await this.#tell(ids)
      this.told(ids)
    } catch {
      await setTimeout(pause)
    } finally {
      this.#telling = undefined
    }
  }
}
