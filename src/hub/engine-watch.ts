// Whether the engine is there, and since when it is not.

import { tell } from '../diagnostics'
import { warn } from '../log'

/** What is known of an engine. */
export type EngineState = 'starting' | 'up' | 'away'

/** Watches the engine of one cable. */
export class EngineWatch {
  readonly #cable: string
  #state: EngineState = 'starting'
  #started = false
  #since = performance.now()

  /** `cable` is the id that the events carry. */
  constructor(cable: string) {
    this.#cable = cable
  }

  get state(): EngineState {
    return this.#state
  }

  /** Was it ever there? */
  get started(): boolean {
    return this.#started
  }

  /** For how long it has not been there, ms; 0 while it is. */
  get missing(): number {
    return this.#state === 'up' ? 0 : performance.now() - this.#since
  }

  /** It has started, or is back. */
  up(): void {
    if (this.#state === 'up') return
    this.#state = 'up'
    this.#started = true
    this.#tell('up')
  }

  /** It cannot be reached. */
  away(reason: string): void {
    if (this.#state === 'away') return
    // Who has waited for it since the start has waited for that long.
    if (this.#state === 'up') this.#since = performance.now()
    this.#state = 'away'
    this.#tell('away', reason)
  }

  /** It did not start. */
  failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    warn(`the engine did not start: ${reason}`)
    this.away(reason)
  }

  /** Its log has a hole. */
  lost(): void {
    this.#tell('lost')
  }

  #tell(state: 'up' | 'away' | 'lost', reason?: string): void {
    tell('turbo-cable:engine', () => ({ cable: this.#cable, state, reason }))
  }
}
