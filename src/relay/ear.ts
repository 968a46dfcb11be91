// Hears channels of Redis: one connection listens and one speaks, and both begin anew whenever one ends. That it still hears is
// tried every few seconds: a network that has swallowed a connection would be silent like a channel on which nothing is said.

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Heard, OpenRedis, RedisConnection, RedisNames } from '../engine/redis/connection'
import { inTime } from '../in-time'
import { aborted, again } from './again'

/** The channel by which relays hear of each other. */
export const relays = 'turbo-cable:relay'

/** How long it rests between two trials of whether anything is heard, and how long one may take, ms. */
const beat = 2_000
const patience = 3_000

export interface EarParts {
  readonly open: OpenRedis
  readonly names: RedisNames
  readonly heard: (message: Heard) => void
  /** Called when it hears: at first, and each time that it hears again. */
  readonly opened: () => void
  /** Called when it hears nothing any more, and at each attempt that failed. */
  readonly failed: (error: Error) => void
}

export class Ear {
  readonly #parts: EarParts
  readonly #stop: () => Promise<void>
  #mouth: RedisConnection | undefined
  readonly #sounds = new Map<string, () => void>()

  constructor(parts: EarParts) {
    this.#parts = parts
    this.#stop = again((signal, up) => this.#once(signal, up), parts.failed)
  }

  /** Says something to all relays, and resolves to how many hear it. */
  async say(text: string): Promise<number> {
    if (!this.#mouth) throw new Error('there is no connection')
    return Number(await this.#mouth.call(['PUBLISH', relays, text]))
  }

  /** Hears nothing any more. */
  stop(): Promise<void> {
    return this.#stop()
  }

  async #once(signal: AbortSignal, up: () => void): Promise<never> {
    const { open, names, opened } = this.#parts
    const end = new AbortController()
    const closed = (error?: Error) => end.abort(error ?? new Error('the connection ended'))
    const connections: RedisConnection[] = []
    const ended = Promise.race([aborted(end.signal), aborted(signal)])
    ended.catch(() => {})
    try {
      for (let count = 0; count < 2; count++) {
        connections.push(await open(closed))
        signal.throwIfAborted()
      }
      const [mouth, ear] = connections as [RedisConnection, RedisConnection]
      for (const each of connections) each.hold(false)
      const channels = [relays, ...names.channels]
      await Promise.race([ended, ear.subscribe({ ...names, channels }, (message) => this.#heard(message))])
      this.#mouth = mouth
      up()
      opened()
      return await Promise.race([ended, this.#beat(end.signal)])
    } finally {
      this.#mouth = undefined
      end.abort(new Error('the connection ended'))
      for (const each of connections) each.destroy()
    }
  }

  async #beat(signal: AbortSignal): Promise<never> {
    for (;;) {
      await wait(beat, undefined, { signal, ref: false })
      const sound = `beat ${randomUUID()}`
      try {
        await inTime(patience, async () => {
          const heard = new Promise<void>((resolve) => this.#sounds.set(sound, resolve))
          await this.say(sound)
          await heard
        })
      } finally {
        this.#sounds.delete(sound)
      }
    }
  }

  #heard(message: Heard): void {
    if (message.name === relays && message.text.startsWith('beat ')) this.#sounds.get(message.text)?.()
    else this.#parts.heard(message)
  }
}
