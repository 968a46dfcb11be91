// From a broadcast to the sockets: messages are gathered per stream and turn of the event loop, each is encoded and framed
// once per wire variant, and each socket is written to once per turn. setImmediate ends the turn, so a lone message does not wait.

import type { Positioned } from '../engine/engine'
import { textFrame } from '../protocol/frame'
import { message } from '../protocol/turbo-cable'
import type { Connection } from './connection'
import type { Topic } from './subscriptions'

export class FanOut {
  readonly #cursorAt: (position: number) => string
  #dirty: Topic[] = []
  #turn: { readonly done: Promise<void>; readonly end: () => void } | undefined

  constructor(cursorAt: (position: number) => string) {
    this.#cursorAt = cursorAt
  }

  /** Notes a message for the end of this turn. */
  add(topic: Topic, positioned: Positioned): void {
    if (topic.pending.push(positioned) === 1) this.#dirty.push(topic)
    if (!this.#turn) {
      let end = () => {}
      const done = new Promise<void>((resolve) => {
        end = resolve
      })
      this.#turn = { done, end }
      setImmediate(() => this.flush())
    }
  }

  /** Resolves when all that was added has been handed to the sockets. */
  flushed(): Promise<void> {
    return this.#turn?.done ?? Promise.resolve()
  }

  /** Hands everything gathered so far to the sockets now. */
  flush(): void {
    const topics = this.#dirty
    const turn = this.#turn
    this.#dirty = []
    this.#turn = undefined
    const gathering = topics.length > 1 ? ([] as Connection[]) : undefined
    for (const topic of topics) this.#flushTopic(topic, gathering)
    for (const connection of gathering ?? []) {
      connection.gathering = false
      connection.uncork()
    }
    turn?.end()
  }

  /** The frames of a replay. */
  frames(messages: readonly Positioned[]): Buffer[] {
    return messages.map((each) => textFrame(message(each.stream, each.json, this.#cursorAt(each.position))))
  }

  #flushTopic(topic: Topic, gathering: Connection[] | undefined): void {
    const messages = topic.pending
    topic.pending = []
    if (topic.plain.size > 0) {
      const encode = (each: Positioned) => textFrame(message(each.stream, each.json))
      deliver(topic.plain, messages, messages.map(encode), gathering)
    }
    if (topic.resumable.size > 0) {
      const encode = (each: Positioned) => textFrame(message(each.stream, each.json, this.#cursorAt(each.position)))
      deliver(topic.resumable, messages, messages.map(encode), gathering)
    }
  }
}

// All subscribers share the same bytes, but for the one that a message leaves out.
function deliver(
  subscribers: Set<Connection>,
  messages: readonly Positioned[],
  frames: Buffer[],
  gathering: Connection[] | undefined,
): void {
  const shared = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames)
  const excluding = messages.some((each) => each.exclude !== undefined)
  for (const connection of subscribers) {
    if (gathering && !connection.gathering) {
      connection.gathering = true
      connection.cork()
      gathering.push(connection)
    }
    if (excluding && messages.some((each) => each.exclude !== undefined && each.exclude === connection.id)) {
      connection.write(Buffer.concat(frames.filter((_, index) => messages[index]?.exclude !== connection.id)))
    } else connection.write(shared)
  }
}
