// Keeps the open pages up to date: twice a second at most, what has changed, and nothing at all while nobody looks.

import type { Hub } from '../hub/hub'
import { turboStream } from '../turbo/turbo-stream'
import type { Entry } from './entry'
import type { Markup } from './markup'
import type { OwnCable } from './own-cable'
import { type News, Recording } from './recording'
import { entryRow } from './rows'
import { type Pieces, pieces, seconds } from './state'

/** The time between two looks, ms. */
const interval = 500

/** For how long it goes on after the last page has gone, ms: a page that reloads shall find its record. */
const patience = 60_000

/** How many of those that come together are shown open. */
const fewEnough = 4

/** From this many connections or streams on, the tables are made every so many looks: each look sorts all of them. */
const many = 2_000
const looksApart = 10

/** What the pages of one inspector show. */
export class Live {
  readonly recording: Recording
  readonly #hub: Hub
  readonly #cable: Pick<OwnCable, 'pages' | 'send'>
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #seenAt = 0
  #looks = 0
  #shown: Pieces = {}
  /** Broadcasts of each second, and what they are counted from. */
  #rates: number[] = []
  #counted = { broadcasts: 0, at: 0 }

  /** `now` tells a time in ms that never goes back. */
  constructor(hub: Hub, cable: Pick<OwnCable, 'pages' | 'send'>, now: () => number = () => performance.now()) {
    this.#hub = hub
    this.#cable = cable
    this.#now = now
    this.recording = new Recording(hub.id)
  }

  /** Somebody looks, or will in a moment. */
  watch(): void {
    this.#seenAt = this.#now()
    if (this.#timer) return
    this.recording.start()
    this.#counted = { broadcasts: this.#hub.stats().broadcasts, at: this.#seenAt }
    this.#timer = setInterval(() => this.#look(), interval)
    this.#timer.unref()
  }

  /** Looks no more, and forgets what it has seen. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.recording.stop()
    this.#shown = {}
    this.#rates = []
  }

  /** The pieces of a page that is made now. The next look sends them all, as the pages that are open may show others. */
  pieces(): Pieces {
    this.#shown = {}
    return pieces(this.#hub, this.#rates)
  }

  /** The entries of a page that is made now, the newest first. Those that are on their way to all pages come to this one like that. */
  entries(): readonly Markup[] {
    this.#send(this.#newEntries(this.recording.news()))
    return rows(this.recording.entries)
  }

  #look(): void {
    const now = this.#now()
    this.#count(now)
    if (this.#cable.pages > 0) this.#seenAt = now
    if (now - this.#seenAt > patience) this.stop()
    else if (this.#cable.pages > 0) this.#send([...this.#newEntries(this.recording.news()), ...this.#changes()])
  }

  #send(elements: readonly string[]): void {
    if (elements.length > 0) this.#cable.send(elements.join('')).catch(() => {})
  }

  #newEntries({ entries, gone }: News): string[] {
    const fresh = entries.length === 0 ? [] : [turboStream.prepend('entries', { html: rows(entries).join('') })]
    return [...fresh, ...gone.map((id) => turboStream.remove(`entry-${id}`))]
  }

  #changes(): string[] {
    const { connections, streams } = this.#hub.stats()
    if (Math.max(connections, streams) > many && this.#looks++ % looksApart > 0) return []
    const now = pieces(this.#hub, this.#rates)
    const changed = Object.entries(now).filter(([id, { text }]) => text !== this.#shown[id]?.text)
    this.#shown = now
    return changed.map(([id, { text }]) => turboStream.update(id, { html: text, method: 'morph' }))
  }

  #count(now: number): void {
    const { broadcasts } = this.#hub.stats()
    const time = now - this.#counted.at
    if (time < 1_000 - interval / 2) return
    this.#rates.push(Math.round(((broadcasts - this.#counted.broadcasts) * 1_000) / time))
    if (this.#rates.length > seconds) this.#rates.shift()
    this.#counted = { broadcasts, at: now }
  }
}

// The newest first.
function rows(entries: readonly Entry[]): Markup[] {
  return entries.map((entry, index) => entryRow(entry, entries.length - index <= fewEnough)).reverse()
}
