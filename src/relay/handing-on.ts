// From what somebody else sent to broadcasts, in the order in which it came. What an app's handler makes of a message is checked
// here; a bad one costs a line and nothing else.

import { createHash } from 'node:crypto'
import { jsonData } from '../broadcast/json-data'
import { warn } from '../log'
import { check, isObject } from '../options/check'
import type { Broadcast, Json, Publisher } from '../publisher/publisher'
import { type Streamable, streamName } from '../stream/name'

/** A broadcast that a handler makes. */
export interface Relayed {
  /** The stream, or what names it. */
  readonly stream: Streamable
  /** A string is Turbo Stream HTML; anything else reaches the page as a JSON event. */
  readonly data: unknown
  /** Id of the page that shall not receive it. @default none */
  readonly exclude?: string | undefined
}

/** Where a message came from. */
export interface RelaySource {
  /** The channel that it was published on, or the name of the Redis stream. */
  readonly channel: string
  /** The message as it was sent. */
  readonly text: string
}

/** What came on a channel → what goes to pages: one broadcast, several, or nothing. `message` is parsed where it is JSON, else the text. */
export type RelayHandler = (
  // biome-ignore lint/suspicious/noExplicitAny: somebody else's message, of any shape.
  message: any,
  from: RelaySource,
) => RelayedAnswer | Promise<RelayedAnswer>

/** What a handler may answer. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that sends nothing need not say so.
export type RelayedAnswer = Relayed | readonly Relayed[] | null | undefined | void

/** How many messages may wait: handlers and publishers may be slower than whoever sends. */
export const mostWaiting = 10_000

/** One message on its way. */
export interface Message extends RelaySource {
  readonly handler: RelayHandler
  /** The name of this very message: whoever else brings it calls it the same. What it became is a part of it. */
  readonly id: string
}

export class HandingOn {
  readonly #publisher: () => Publisher
  #last: Promise<unknown> = Promise.resolve()
  readonly #underWay = new Set<Promise<void>>()
  #waiting = 0

  constructor(publisher: () => Publisher) {
    this.#publisher = publisher
  }

  /** Takes a message after those before it. False if too many wait. */
  take(message: Message): boolean {
    if (this.#waiting + this.#underWay.size >= mostWaiting) return false
    this.#waiting++
    this.#last = this.#last.then(async () => {
      const broadcasts = await made(message)
      this.#waiting--
      if (broadcasts.length > 0) this.#send(message, broadcasts)
    })
    return true
  }

  /** Takes one message, and resolves when it was taken further. Rejects where that failed, so that it can be brought again. */
  async takeOne(message: Message): Promise<void> {
    const broadcasts = await made(message)
    if (broadcasts.length > 0) await this.#publisher().publish(broadcasts, idOf(message, broadcasts))
  }

  /** Resolves when everything that was taken until now has been sent, or has failed and will be made good by a refresh. */
  async settled(): Promise<void> {
    await this.#last
    await Promise.all(this.#underWay)
  }

  // The next one does not wait for it: publishers keep the order of what they are given.
  #send(message: Message, broadcasts: readonly Broadcast[]): void {
    const sending = (async () => this.#publisher().publish(broadcasts, idOf(message, broadcasts)))().catch((error) =>
      warn(`what came on "${message.channel}" was not sent: ${(error as Error).message}`),
    )
    this.#underWay.add(sending)
    void sending.then(() => this.#underWay.delete(sending))
  }
}

function idOf({ id, channel, text }: Message, broadcasts: readonly Broadcast[]): string {
  const hash = createHash('sha256')
  for (const part of [channel, text, ...broadcasts.map(({ stream }) => stream)]) hash.update(`${part.length} ${part}`)
  return `relay ${id} ${hash.digest('base64url').slice(0, 24)}`
}

async function made({ handler, channel, text }: Message): Promise<readonly Broadcast[]> {
  try {
    const answer = (await handler(parsed(text), { channel, text })) ?? []
    return (Array.isArray(answer) ? answer : [answer]).map(broadcast)
  } catch (error) {
    warn(`what came on "${channel}" was not relayed: ${error instanceof Error ? error.message : error}`)
    return []
  }
}

/** The value of JSON, or the text itself where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function broadcast(answer: unknown): Broadcast {
  const words = 'a broadcast `{ stream, data }`, an array of these, or nothing'
  const { stream, data, exclude } = check('the answer of the handler', answer as Relayed, { words, holds: isObject })
  return {
    stream: streamName(stream),
    data: typeof data === 'string' ? data : (jsonData(data) as Json),
    ...(typeof exclude === 'string' && { exclude }),
  }
}
