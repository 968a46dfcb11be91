// Channels of Redis that somebody else publishes on. Several processes may hear the same: each brings every message, under a name
// that all give it, so that it is applied once. The name is a count since a word that all have heard in the same place, as one
// Redis tells everybody everything in one order. Who missed some brings the later ones only when the others have brought those
// before, so that they come in order. What nobody heard is said aloud: every page refreshes itself.

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Heard, OpenRedis } from '../engine/redis/connection'
import { logger, warn } from '../log'
import type { Publisher } from '../publisher/publisher'
import { Ear, relays } from './ear'
import { type HandingOn, type Message, mostWaiting, type RelayHandler } from './handing-on'

const debug = logger('relay')

/** How long others have to say that they have heard everything until now, ms. */
const patience = 2_000
const mostUnanswered = 100
const firstPause = 500
const longestPause = 10_000

export interface ChannelParts {
  readonly open: OpenRedis
  readonly handlers: ReadonlyMap<string, RelayHandler>
  readonly handingOn: HandingOn
  readonly publisher: () => Publisher
  /** Called when nothing is missing any more: what was not heard was heard by others, or was said aloud. */
  readonly whole: () => void
}

export class Channels {
  readonly #parts: ChannelParts
  readonly #ear: Ear
  /** The word by which this process has joined the others, this time. */
  #own = ''
  /** The last word of anybody's that was heard since; '' until the own one was. */
  #since = ''
  /** The history that others have said to have brought everything to, since that word. */
  #brought: string | undefined
  /** Called when the own word is heard. */
  #joined = () => {}
  /** How many messages came since, of each channel or pattern. */
  readonly #counts = new Map<string, number>()
  /** Whether everything until now is relayed or said to be missing. */
  #whole = false
  /** What was heard while others may still have to bring what came before. */
  #held: Message[] = []
  /** Who has joined since and was not answered, as something is missing here too. */
  #unanswered: string[] = []
  #away = false
  /** Aborted when this time is over. */
  #time = new AbortController()

  constructor(parts: ChannelParts) {
    this.#parts = parts
    const names = [...parts.handlers.keys()]
    this.#ear = new Ear({
      open: parts.open,
      names: { channels: names.filter((name) => !isPattern(name)), patterns: names.filter(isPattern) },
      heard: (message) => (message.name === relays ? this.#toldBy(message.text) : this.#take(message)),
      opened: () => this.#opened(),
      failed: (error) => this.#failed(error),
    })
  }

  async stop(): Promise<void> {
    this.#time.abort()
    await this.#ear.stop()
    this.#handOn(this.#held.splice(0))
  }

  #opened(): void {
    if (this.#away) warn('the relay hears Redis again')
    this.#away = false
    this.#time = new AbortController()
    this.#own = randomUUID()
    this.#brought = undefined
    this.#join(this.#time.signal).catch((error: Error) => debug('not joined: %s', error.message))
  }

  #failed({ message }: Error): void {
    this.#time.abort()
    this.#since = ''
    this.#whole = false
    // It is missing like what will come now: others bring it, or every page refreshes itself.
    this.#held = []
    this.#unanswered = []
    if (this.#away) return
    this.#away = true
    warn(`the relay cannot hear Redis: ${message}. Where no other process does, pages refresh themselves on return`)
  }

  async #join(signal: AbortSignal): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#joined = resolve
    })
    const [listeners] = await Promise.all([this.#ear.say(`join ${this.#own}`), heard])
    if (listeners > 1) await wait(patience, undefined, { signal, ref: false })
    this.#compare()
    if (!this.#whole) await this.#missed(`relay ${this.#since}`, signal)
  }

  // Whoever misses the same names it alike, so that pages refresh once.
  async #missed(id: string, signal: AbortSignal): Promise<void> {
    for (let pause = firstPause; !signal.aborted && !this.#whole; pause = Math.min(longestPause, pause * 2)) {
      try {
        const said = await this.#parts.publisher().refreshAll?.(id)
        if (!said) warn('the relay may have missed messages, and the hub knows no way to refresh every page')
        if (!signal.aborted) return this.#becomeWhole()
      } catch (error) {
        debug('pages were not refreshed: %s', (error as Error).message)
        await wait(pause, undefined, { signal, ref: false })
      }
    }
  }

  #becomeWhole(): void {
    this.#whole = true
    this.#handOn(this.#held.splice(0))
    for (const name of this.#unanswered.splice(0)) void this.#answer(name)
    this.#parts.whole()
  }

  #toldBy(text: string): void {
    const [word, name = '', history] = text.split(' ')
    if (word === 'join' && (this.#since !== '' || name === this.#own)) {
      this.#since = name
      this.#counts.clear()
      if (name === this.#own) this.#joined()
      else if (this.#whole) void this.#answer(name)
      else this.#unanswered = [...this.#unanswered, name].slice(-mostUnanswered)
    }
    if (word !== 'here' || name !== this.#own) return
    this.#brought = history
    this.#compare()
  }

  // Here it may not be known yet which history is meant.
  #compare(): void {
    if (!this.#whole && this.#brought !== undefined && this.#brought === this.#history()) this.#becomeWhole()
  }

  // Everything that came before that word was brought, so whoever has joined by it misses nothing of the same history.
  async #answer(name: string): Promise<void> {
    const { signal } = this.#time
    const history = this.#history()
    if (history === undefined) return
    await this.#parts.handingOn.settled()
    if (!signal.aborted && this.#whole) await this.#ear.say(`here ${name} ${history}`).catch(() => {})
  }

  #history(): string | undefined {
    const epoch = this.#parts.publisher().cursor?.()?.split(':')[0]
    return epoch === '-' ? undefined : epoch
  }

  #take({ name, channel, text }: Heard): void {
    if (this.#since === '') return
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    const handler = this.#parts.handlers.get(name) as RelayHandler
    const message = { handler, channel, text, id: `${this.#since} ${count}` }
    if (this.#whole) this.#handOn([message])
    // One more than is taken at once is how it is noticed that there were too many.
    else if (this.#held.length <= mostWaiting) this.#held.push(message)
  }

  #handOn(messages: readonly Message[]): void {
    if (messages.every((message) => this.#parts.handingOn.take(message))) return
    this.#whole = false
    warn('the relay hears more than can be sent: what is too much is dropped, and every page refreshes itself')
    void this.#dropped(this.#time.signal)
  }

  async #dropped(signal: AbortSignal): Promise<void> {
    await this.#parts.handingOn.settled()
    await this.#missed(`relay ${randomUUID()}`, signal).catch(() => {})
  }
}

/** Whether Redis takes a name for a pattern: `chatbot/*`. */
function isPattern(name: string): boolean {
  return /[*?[\\]/.test(name)
}
