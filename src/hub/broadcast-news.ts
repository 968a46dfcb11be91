// Tells of each broadcast what became of it, while anybody listens: to how many it was written, and how long that took.

import { heard, tell } from '../diagnostics'
import type { Outgoing, Positioned } from '../engine/engine'

/** What a broadcast came to. */
export interface Reach {
  /** To how many subscribers it was written. */
  recipients: number
  /** In bytes, to all of them together. */
  bytes: number
}

/** Follows the broadcasts of one cable. */
export class BroadcastNews {
  readonly #cable: string
  /** When those were published that have not come back from the engine, by their JSON: the engine gives back text, and no object. */
  readonly #published = new Map<string, number[]>()
  /** When each that is gathered for the sockets was published, or came. */
  readonly #since = new WeakMap<Positioned, number>()

  /** `cable` is the id that the events carry. */
  constructor(cable: string) {
    this.#cable = cable
  }

  /** True while anybody listens. */
  get wanted(): boolean {
    return heard('turbo-cable:broadcast')
  }

  /** These are given to the engine now. Returns what is to be called when it has taken or refused them. */
  publishing(broadcasts: readonly Outgoing[]): (() => void) | undefined {
    if (!this.wanted) return undefined
    const now = performance.now()
    for (const { json } of broadcasts) {
      const times = this.#published.get(json)
      if (times) times.push(now)
      else this.#published.set(json, [now])
    }
    return () => {
      // Those that did not come back: refused, or sent before under the same id.
      for (const { json } of broadcasts) this.#takeTime(json, now)
    }
  }

  /** The engine has brought a broadcast. */
  came(message: Positioned): void {
    if (!this.wanted) return
    this.#since.set(message, this.#takeTime(message.json) ?? performance.now())
  }

  /** Nobody here is to get a broadcast now. */
  unread(message: Positioned): void {
    this.came(message)
    this.written(message, { recipients: 0, bytes: 0 })
  }

  /** A broadcast has been written to the sockets. */
  written(message: Positioned, { recipients, bytes }: Reach): void {
    tell('turbo-cable:broadcast', () => {
      const { stream, json, position, cursor } = message
      const now = performance.now()
      const ms = now - (this.#since.get(message) ?? now)
      return { cable: this.#cable, stream, json, position, cursor, recipients, bytes, ms }
    })
  }

  // The time of one that was published with this JSON: the earliest, or the very one that is given, if it is still there.
  #takeTime(json: string, time?: number): number | undefined {
    const times = this.#published.get(json)
    const index = time === undefined ? 0 : (times?.indexOf(time) ?? -1)
    const [taken] = index === -1 ? [] : (times?.splice(index, 1) ?? [])
    if (times?.length === 0) this.#published.delete(json)
    return taken
  }
}
