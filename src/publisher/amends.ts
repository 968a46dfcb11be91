// A broadcast that could not be sent leaves pages behind that nobody has told. So the streams of those that failed are remembered,
// and as soon as the publisher takes something again, each is sent a refresh; where they were too many, every page is.

import { warn } from '../log'
import { turboStream } from '../turbo/turbo-stream'
import type { Broadcast, Publisher } from './publisher'
import { tap } from './tap'

/** How many streams are remembered. A stream's name has at most 512 bytes. */
const most = 10_000

/** How many are refreshed at once. */
const batch = 100

const firstPause = 1_000
const longestPause = 30_000

export class Amends implements Publisher {
  readonly #publisher: Publisher
  /** Those with a broadcast that was not confirmed, oldest first. */
  readonly #behind = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause
  /** There were more than are remembered, so every page of every stream has to refresh itself. */
  #all = false
  #stopped = false

  constructor(publisher: Publisher) {
    this.#publisher = publisher
  }

  async publish(broadcasts: readonly Broadcast[], id?: string, givenUp?: readonly string[]): Promise<void> {
    const takeBack = tap?.handed(broadcasts)
    try {
      await this.#publisher.publish(broadcasts, id, givenUp)
    } catch (error) {
      takeBack?.()
      for (const { stream } of broadcasts) this.#note(stream)
      throw error
    }
    // Whoever takes this takes the refreshes too.
    if (this.#owes) this.#schedule(0)
  }

  async refreshAll(id?: string): Promise<boolean> {
    return (await this.#publisher.refreshAll?.(id)) ?? false
  }

  whenLost(told: () => void): () => void {
    return this.#publisher.whenLost?.(told) ?? (() => {})
  }

  cursor(): string | undefined {
    return this.#publisher.cursor?.()
  }

  /** Tries once more what is still owed, as far as it is taken: after the end nobody would. */
  async finish(): Promise<void> {
    try {
      while (this.#owes && !this.#stopped) await this.#refreshOwed()
    } catch {
      // It is away still.
    }
  }

  /** Makes no amends any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#behind.clear()
    this.#all = false
  }

  get #owes(): boolean {
    return this.#all || this.#behind.size > 0
  }

  #note(stream: string): void {
    if (this.#stopped) return
    this.#behind.add(stream)
    for (const oldest of this.#behind) {
      if (this.#behind.size <= most) break
      this.#behind.delete(oldest)
      if (!this.#all)
        warn(`more than ${most} streams have broadcasts that were not sent: every page will refresh itself`)
      this.#all = true
    }
    if (!this.#timer) this.#schedule(this.#pause)
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#refresh(), wait)
    // A process that has nothing else to do may end.
    this.#timer.unref()
  }

  async #refresh(): Promise<void> {
    try {
      await this.#refreshOwed()
      this.#pause = firstPause
    } catch {
      this.#pause = Math.min(longestPause, this.#pause * 2)
    }
    this.#timer = undefined
    if (this.#stopped || !this.#owes) return
    this.#schedule(this.#pause === firstPause ? 0 : this.#pause)
  }

  #refreshOwed(): Promise<void> {
    return this.#all ? this.#refreshAll() : this.#refreshSome()
  }

  async #refreshSome(): Promise<void> {
    const streams = [...this.#behind].slice(0, batch)
    await this.#publisher.publish(streams.map((stream) => ({ stream, data: turboStream.refresh() })))
    for (const stream of streams) this.#behind.delete(stream)
  }

  // What fails meanwhile is owed anew.
  async #refreshAll(): Promise<void> {
    const streams = [...this.#behind]
    this.#behind.clear()
    this.#all = false
    try {
      if (await this.#publisher.refreshAll?.()) return
      warn(`the hub knows no way to refresh every page: only the last ${most} streams that failed are refreshed`)
      for (const stream of streams) this.#behind.add(stream)
    } catch (error) {
      for (const stream of streams) this.#behind.add(stream)
      this.#all = true
      throw error
    }
  }
}
