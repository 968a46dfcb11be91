// An engine that lives elsewhere, as far as the hub can tell: it takes broadcasts before this process is given them, reads
// its history at a moment of its own, and answers after as many turns as chance says. `fail` makes it refuse.

import type { Engine, EngineDelegate, Outgoing, Positioned, Replay } from '../../../src/engine/engine.ts'
import type { Chance } from '../../support/chance.ts'

export class LateEngine implements Engine {
  /** Everything taken, whether or not it was delivered yet. */
  readonly log: Positioned[] = []
  /** When true, `publish` rejects; `since` rejects, or throws at once where `fail` is `'at once'`. */
  fail: boolean | 'at once' = false
  readonly #chance: Chance
  #to: EngineDelegate | undefined
  #delivered = 0
  #line: Promise<void> = Promise.resolve()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  cursorAt(position: number): string {
    return `late:${position}`
  }

  cursor(): string {
    return this.cursorAt(this.#delivered)
  }

  async start(to: EngineDelegate): Promise<void> {
    this.#to = to
  }

  async publish(broadcasts: readonly Outgoing[]): Promise<void> {
    await this.#turns()
    if (this.fail) throw new Error('the engine is away')
    const messages = broadcasts.map((broadcast, index) => {
      const position = this.log.length + 1 + index
      return { ...broadcast, position, cursor: this.cursorAt(position) }
    })
    this.log.push(...messages)
    this.#line = this.#line.then(async () => {
      await this.#turns()
      this.#delivered += messages.length
      this.#to?.delivered(messages)
    })
    await this.#line
  }

  since(stream: string, cursor: string | null): Promise<Replay> {
    if (this.fail === 'at once') throw new Error('the engine is away')
    return this.#since(stream, cursor)
  }

  async refreshAll(): Promise<void> {
    this.#to?.lost()
  }

  async signal(): Promise<void> {}

  async stop(): Promise<void> {}

  async #since(stream: string, cursor: string | null): Promise<Replay> {
    await this.#turns()
    if (this.fail) throw new Error('the engine is away')
    const position = this.log.length
    const seen = cursor === null ? position : Number(cursor.split(':')[1])
    const messages = this.log.filter((message) => message.stream === stream && message.position > seen)
    await this.#turns()
    return { recovered: true, position, cursor: this.cursorAt(position), messages }
  }

  // Between no turn at all and a few turns of the event loop.
  async #turns(): Promise<void> {
    for (let left = this.#chance(5); left > 0; left--) {
      if (this.#chance(2)) await new Promise(setImmediate)
      else await Promise.resolve()
    }
  }
}
