// Tells the app who has come and who has left, one after the other for each stream, over all processes: what the app sends about one
// change is on its way before the next one is told, so that of two lists of people the newer is the last to arrive.

import { inTime } from '../in-time'
import { cutOff, logger, reasonOf, warn, warnSeldom } from '../log'
import type { OnPresence, Present } from '../options/presence'
import { byStream } from './gathered'
import type { Turn } from './presence-roster'

const debug = logger('presence')

/** How long another process is waited for, ms: it may have been killed meanwhile. */
const patience = 2_000

/** How many changes of one stream may wait for the app. */
const mostWaiting = 1_000

/** What one hub tells its app of in one go. */
interface Telling {
  readonly teller: string
  readonly key: string
  readonly turns: readonly Turn[]
  over: boolean
}

/** What `PresenceTurns` works with. */
export interface TurnsParts {
  readonly onPresence: OnPresence | undefined
  /** How long the app may take, ms. */
  readonly answerTime: number
  /** The name of this hub. */
  readonly name: string
  /** Who is on a stream now. */
  readonly list: (stream: string) => readonly Present[]
  /** The app of this process was told. */
  readonly told: (stream: string, key: string) => void
}

/** The changes of which apps are to be told. */
export class PresenceTurns {
  readonly #parts: TurnsParts
  /** By stream. The first of each is being told. */
  readonly #waiting = new Map<string, Telling[]>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  #complained = false
  // Whoever may come and leave can have it fail.
  readonly #sayFailed = warnSeldom(debug)
  #stopped = false

  constructor(parts: TurnsParts) {
    this.#parts = parts
  }

  /** Adds changes that a hub tells its app of, behind those that wait. */
  add(teller: string, key: string, turns: readonly Turn[]): void {
    for (const [stream, own] of byStream(turns)) {
      const waiting = this.#waiting.get(stream) ?? []
      this.#waiting.set(stream, waiting)
      waiting.push({ teller, key, turns: own, over: false })
      // The last ones say who is there.
      if (waiting.length > mostWaiting) {
        for (const { teller: by, key: of } of waiting.splice(1, 1))
          if (by === this.#parts.name) this.#parts.told(stream, of)
        this.#complain(
          `onPresence is too slow for "${stream}": of more than ${mostWaiting} changes the oldest are not told`,
        )
      }
      if (waiting.length === 1) this.#next(stream, waiting)
    }
  }

  /** A hub has told its app. */
  told(stream: string, teller: string, key: string): void {
    const waiting = this.#waiting.get(stream)
    const telling = waiting?.find((each) => each.teller === teller && each.key === key)
    if (waiting && telling) this.#over(stream, waiting, telling)
  }

  /** A hub tells nothing any more. */
  gone(teller: string): void {
    if (teller === this.#parts.name) return
    for (const [stream, waiting] of this.#waiting) {
      for (const telling of [...waiting]) if (telling.teller === teller) this.#over(stream, waiting, telling)
    }
  }

  /** Waits for nobody any more. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  #complain(line: string): void {
    const say = this.#complained ? debug : warn
    this.#complained = true
    say(line)
  }

  #over(stream: string, waiting: Telling[], telling: Telling): void {
    telling.over = true
    if (waiting[0] !== telling) return
    clearTimeout(this.#timers.get(stream))
    this.#timers.delete(stream)
    while (waiting[0]?.over) waiting.shift()
    if (waiting.length > 0) this.#next(stream, waiting)
    else if (this.#waiting.get(stream) === waiting) this.#waiting.delete(stream)
  }

  #next(stream: string, waiting: Telling[]): void {
    if (this.#stopped) return
    const telling = waiting[0] as Telling
    const over = () => this.#over(stream, waiting, telling)
    if (telling.teller === this.#parts.name) {
      void this.#tell(telling).then(() => {
        this.#parts.told(stream, telling.key)
        over()
      })
    } else {
      this.#timers.set(stream, setTimeout(over, patience).unref())
    }
  }

  async #tell({ turns }: Telling): Promise<void> {
    const { onPresence, answerTime, list } = this.#parts
    for (const { stream, identity, joined } of onPresence ? turns : []) {
      try {
        await inTime(answerTime, () => onPresence?.({ stream, identity, joined, present: list(stream) }))
      } catch (error) {
        this.#sayFailed(`onPresence failed for "${cutOff(stream)}": ${reasonOf(error)}`)
      }
    }
  }
}
