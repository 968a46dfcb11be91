// What the engine hands on: noted, held back for those who wait for a replay, and gathered for the sockets.

import type { Positioned } from '../engine/engine'
import { BroadcastLog } from './broadcast-log'
import type { BroadcastNews } from './broadcast-news'
import type { FanOut } from './fan-out'
import { spread } from './spread'
import type { Subscriptions } from './subscriptions'
import { Texts } from './texts'
import { Timeline } from './timeline'

/** What `Deliveries` works with. */
export interface DeliveryParts {
  readonly subscriptions: Subscriptions
  readonly fanOut: FanOut
  readonly news: BroadcastNews
  /** How many pages may refresh themselves in a second. */
  readonly limits: { readonly refreshesPerSecond: number }
}

/** Takes the broadcasts of a process from its engine. */
export class Deliveries {
  /** Which cursor belongs to which time. */
  readonly timeline = new Timeline()
  /** What there is of each text now: with every broadcast that the cursor counts, and none after it. */
  readonly texts = new Texts()
  /** What the debug output tells of broadcasts and subscribes. */
  readonly log = new BroadcastLog()
  readonly #parts: DeliveryParts
  #position = 0
  #count = 0

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  /** Of the last broadcast that the engine handed on. */
  get position(): number {
    return this.#position
  }

  /** Broadcasts since the start. */
  get count(): number {
    return this.#count
  }

  /** The engine has started, and is at this cursor. */
  started(cursor: string | undefined): void {
    if (cursor !== undefined) this.timeline.note(Date.now(), cursor)
  }

  /** Takes broadcasts, in order of position. */
  take(messages: readonly Positioned[]): void {
    const { subscriptions, fanOut, news, limits } = this.#parts
    for (const message of messages) {
      this.#count++
      this.#position = message.position
      this.texts.take(message)
      const topic = subscriptions.topic(message.stream)
      this.log.sent(message, topic)
      if (topic?.take(message)) fanOut.add(topic, spread(message, topic.size, limits.refreshesPerSecond))
      else news.unread(message)
    }
    const last = messages.at(-1)
    if (last) this.timeline.note(Date.now(), last.cursor)
  }

  /** The engine's log has a hole: what was known of its positions holds no more, and where something was `missed` here, no text. */
  lost(missed: boolean): void {
    this.#position = 0
    this.timeline.clear()
    if (missed) this.texts.clear()
    this.#parts.fanOut.flush()
  }
}
