// The removals that this hub has said. Who was to be out must not stay in elsewhere because the engine was away at that moment, or
// because another history began before every process had heard of it: then they are said again, with how long ago they were said
// first, unless something later was said about the same.

import type { Revocation } from '../engine/engine'
import { forgetOldest } from '../engine/oldest'
import type { Removal } from '../engine/removal'
import { keyOf } from '../engine/revoked'
import { LastWords } from './last-words'

interface Said {
  readonly removal: Removal
  /** When it was said first, by `performance.now()`. */
  readonly at: number
  state: 'under way' | 'taken' | 'owed'
  /**
   * While it was under way a history was lost, which may have been the one that it came to, or an older word came after it; or an earlier
   * one that ends later has yet to be taken.
   */
  mayBeLost?: boolean
  /** The engine took it, and what was heard last came after it. */
  isFollowed?: boolean
}

/** For how long one that was taken is said again in another history, ms: others may be about to come over to that. */
const kept = 60_000

/** How many are remembered. */
const most = 10_000

/** Until the next attempt where the engine can be reached and did not take one, ms; it doubles. */
const firstPause = 1_000
const longestPause = 30_000

/** What one hub has told the others. */
export class SaidRemovals {
  readonly #send: (removal: Removal) => Promise<void>
  readonly #failed: (removal: Removal, error: unknown) => void
  /** By what they are about, oldest first: of two about the same only the later one counts, and of two revocations the longer end. */
  readonly #said = new Map<string, Said>()
  /** When each of them was said. One that the engine does not take is heard here all the same. */
  readonly #saidAt = new WeakMap<Removal, number>()
  /** What any process has said of whom. */
  readonly #words = new LastWords()
  #away = false
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause

  /** `send` rejects where the engine does not take one; `failed` is called once for each of which that is so at first. */
  constructor(send: (removal: Removal) => Promise<void>, failed: (removal: Removal, error: unknown) => void) {
    this.#send = send
    this.#failed = failed
  }

  /** Says one to every process. */
  say(removal: Removal): void {
    const key = nameOf(removal)
    const longer = this.#longer(key, removal)
    const said: Said = {
      removal: longer?.removal ?? removal,
      at: performance.now(),
      state: 'under way',
      mayBeLost: longer !== undefined && longer.state !== 'taken',
    }
    this.#saidAt.set(removal, said.at)
    this.#said.delete(key)
    this.#said.set(key, said)
    forgetOldest(this.#said, most)
    this.#send(removal).then(
      () => this.#taken(said),
      (error: unknown) => {
        this.#failed(removal, error)
        said.state = 'owed'
        this.#schedule(this.#pause)
      },
    )
  }

  // The revocation that this hub has said before, that nobody has undone, and that ends later: it holds, so it is what is said again.
  #longer(key: string, removal: Removal): Said | undefined {
    const before = this.#said.get(key)
    if (removal.type !== 'revoke' || before?.removal.type !== 'revoke' || before.isFollowed) return undefined
    if (endOf(before.removal) <= endOf(removal) || this.#words.overrules(key, 'revoke', before.at)) return undefined
    return before
  }

  /** One was heard, of this hub or another, that the engine has had for `age` ms. False where a later one about the same is known. */
  heard(removal: Removal, age: number): boolean {
    if (removal.type === 'disconnect') return true
    const { type, ago } = removal
    const key = nameOf(removal)
    const saidAt = this.#saidAt.get(removal)
    const from = saidAt !== undefined ? 'here' : ago === undefined ? 'log' : 'again'
    const counts = this.#words.take(key, type, saidAt ?? performance.now() - age - (ago ?? 0), from)
    const said = this.#said.get(key)
    if (counts && said) said.isFollowed = said.state === 'taken' && said.removal.type !== type
    if (!counts && said) this.#overtaken(said, type, age)
    return counts
  }

  // An engine keeps what came last, and would tell that to who comes later.
  #overtaken(said: Said, by: Removal['type'], age: number): void {
    if (!Number.isFinite(age) || said.removal.type === by) return
    if (said.state === 'under way') said.mayBeLost = true
    if (said.state !== 'taken') return
    said.state = 'owed'
    // All who say something again do it at about the same time.
    this.#schedule(firstPause)
  }

  /** Another history has begun, or something was missed, and who comes over to it later may have heard of none. */
  lost(): void {
    const from = performance.now() - kept
    this.#words.missed()
    for (const [key, said] of this.#said) {
      const { removal, at, state } = said
      said.mayBeLost = state === 'under way'
      if (state === 'taken' && at >= from && !said.isFollowed) said.state = 'owed'
      // What the engine has kept may be what was so before this was said.
      if (said.state !== 'taken' && !this.#words.overrules(key, removal.type, at))
        this.#words.take(key, removal.type, at, 'here')
    }
    this.#schedule(0)
  }

  /** The engine cannot be reached. */
  away(): void {
    this.#away = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** It can be reached again. */
  back(): void {
    this.#away = false
    this.#pause = firstPause
    this.#schedule(0)
  }

  /** Nobody is told any more. */
  stop(): void {
    this.away()
    this.#said.clear()
  }

  #taken(said: Said): void {
    said.state = said.mayBeLost ? 'owed' : 'taken'
    said.mayBeLost = false
    if (said.state === 'owed') this.#schedule(0)
  }

  #schedule(wait: number): void {
    const owes = [...this.#said.values()].some(({ state }) => state === 'owed')
    if (this.#away || this.#timer || !owes) return
    this.#timer = setTimeout(() => void this.#sayAgain(), wait)
    this.#timer.unref()
  }

  async #sayAgain(): Promise<void> {
    this.#pause = (await this.#sayAllAgain()) ? firstPause : Math.min(longestPause, this.#pause * 2)
    this.#timer = undefined
    this.#schedule(this.#pause)
  }

  // False where the engine did not take one.
  async #sayAllAgain(): Promise<boolean> {
    for (const [key, said] of this.#said) {
      if (said.state !== 'owed') continue
      const { removal, at } = said
      if (hasEnded(removal) || this.#words.overrules(key, removal.type, at)) {
        this.#said.delete(key)
        continue
      }
      said.state = 'under way'
      said.mayBeLost = false
      try {
        await this.#send({ ...removal, ago: Math.round(performance.now() - at) })
        this.#taken(said)
      } catch {
        said.state = 'owed'
        return false
      }
    }
    return true
  }
}

/** When a revocation ends, ms since 1970. */
export function endOf({ until = Number.POSITIVE_INFINITY }: Revocation): number {
  return until
}

function hasEnded(removal: Removal): boolean {
  return removal.type === 'revoke' && endOf(removal) <= Date.now()
}

function nameOf(removal: Removal): string {
  return removal.type === 'disconnect' ? JSON.stringify([removal.subject]) : keyOf(removal)
}
