// What has happened lately: a bounded record of the events of one cable. It listens only while somebody looks.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { CableEvents } from '../diagnostics'
import { dataOf, type Entry } from './entry'
import { actionsIn, type Line, lineOf } from './lines'

/** How many entries are kept. */
export const mostEntries = 100

/** How many are kept of those that come between two looks: of a flood the last ones. */
const mostAtOnce = 20

/** What has come since the last look. */
export interface News {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** The ids of entries that are not kept any more. */
  readonly gone: readonly number[]
}

/** The record of one cable. */
export class Recording {
  readonly #cable: string
  #entries: Entry[] = []
  /** Entries that are not yet told of. */
  #fresh: Entry[] = []
  /** What they are made of: in a flood most lines never become one. */
  #lines: (Line & { readonly at: number })[] = []
  #passed = 0
  #made = 0
  #stop: (() => void) | undefined

  /** `cable` is the id by which events name it. */
  constructor(cable: string) {
    this.#cable = cable
  }

  /** The entries, the oldest first. */
  get entries(): readonly Entry[] {
    this.#settle()
    return [...this.#entries, ...this.#fresh]
  }

  /** An entry that is still kept. */
  entry(id: number): Entry | undefined {
    return this.entries.find((each) => each.id === id)
  }

  /** Begins to listen; a second call does nothing. */
  start(): void {
    if (this.#stop) return
    const stops = names.map((name) => {
      const listener = (event: unknown) => this.#note(name, event as CableEvents[typeof name])
      subscribe(name, listener)
      return () => unsubscribe(name, listener)
    })
    this.#stop = () => {
      for (const stop of stops) stop()
    }
  }

  /** Listens no more, and forgets everything. */
  stop(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#entries = []
    this.#fresh = []
    this.#lines = []
    this.#passed = 0
  }

  /** What has come since the last call. */
  news(): News {
    this.#settle()
    const entries = this.#fresh
    const all = [...this.#entries, ...entries]
    const gone = all.slice(0, Math.max(0, all.length - mostEntries)).map(({ id }) => id)
    this.#entries = all.slice(gone.length)
    this.#fresh = []
    return { entries, gone }
  }

  #note<Name extends keyof CableEvents>(name: Name, event: CableEvents[Name]): void {
    if (event.cable !== this.#cable) return
    const line = lineOf(name, event)
    if (!line) return
    if (this.#lines.push({ ...line, at: Date.now() }) <= mostAtOnce) return
    this.#lines.shift()
    this.#passed++
  }

  #settle(): void {
    if (this.#passed > 0) {
      const title = `${this.#passed} more in the same moment, which are not shown`
      this.#fresh.push({ id: ++this.#made, at: this.#lines[0]?.at ?? 0, kind: 'broadcast', title })
    }
    for (const line of this.#lines) this.#fresh.push({ id: ++this.#made, ...settled(line) })
    this.#lines = []
    this.#passed = 0
  }
}

function settled<Noted extends Line>({ broadcast, ...line }: Noted): Omit<Noted, 'broadcast'> & Pick<Entry, 'sent'> {
  if (!broadcast) return line
  const { json, recipients, position, cursor, ms } = broadcast
  const size = Buffer.byteLength(json)
  return { ...line, title: actionsIn(json), sent: { ...dataOf(json), size, recipients, position, cursor, ms } }
}

const names = [
  'turbo-cable:broadcast',
  'turbo-cable:replayed',
  'turbo-cable:rejected',
  'turbo-cable:refused',
  'turbo-cable:dropped',
  'turbo-cable:engine',
] as const
