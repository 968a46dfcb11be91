// Refreshes that come in bursts are sent as few: the first at once, the others as one when it has been quiet for a moment, and
// in a long burst every so often.

import { tap } from '../publisher/tap'

/** Time, which a test has another of. */
export interface Clock {
  /** Now, ms. */
  now(): number
  /** Calls back once; what it returns is for `clearTimeout`. */
  setTimeout(callback: () => void, milliseconds: number): unknown
  /** Ends what `setTimeout` began. */
  clearTimeout(timer: unknown): void
}

// What waits keeps no process alive: it is sent before that ends.
const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** How long it has to be quiet before the last refresh of a burst is sent, ms. turbo-rails waits as long. */
const quiet = 500
/** How long a refresh waits at most, ms. */
const longest = 2_000

/** Sends a refresh that carries this request id. */
export type SendRefresh = (requestId: string | undefined) => Promise<unknown>

interface Pending {
  readonly since: number
  requestId: string | undefined
  send: SendRefresh
}

interface Burst {
  timer: unknown
  pending?: Pending | undefined
}

/** The refreshes of a cable, or of a process without one. */
export class Refreshes {
  readonly #bursts = new Map<string, Burst>()
  readonly #clock: Clock
  readonly #flush = () => void this.flush()
  #waiting = 0

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Sends a refresh, now or with others of the same key. `send` never rejects. */
  add(key: string, requestId: string | undefined, send: SendRefresh): void {
    const burst = this.#bursts.get(key)
    if (!burst) {
      this.#bursts.set(key, { timer: this.#later(key, quiet) })
      void send(requestId)
      return
    }
    const { pending } = burst
    if (!pending) {
      burst.pending = { since: this.#clock.now(), requestId, send }
      this.#count(1)
      tap?.waiting(() => this.#send(burst))
    } else {
      // Each of two tabs would leave a refresh with its own id out, and with it the change that the other has made.
      if (pending.requestId !== requestId) pending.requestId = undefined
      pending.send = send
    }
    this.#clock.clearTimeout(burst.timer)
    const left = (burst.pending as Pending).since + longest - this.#clock.now()
    burst.timer = this.#later(key, Math.min(quiet, left))
  }

  /** Sends what waits now. Resolves once it was taken. */
  async flush(): Promise<void> {
    const bursts = [...this.#bursts.values()]
    this.#bursts.clear()
    await Promise.all(
      bursts.map((burst) => {
        this.#clock.clearTimeout(burst.timer)
        return this.#send(burst)
      }),
    )
  }

  #later(key: string, milliseconds: number): unknown {
    return this.#clock.setTimeout(() => this.#end(key), Math.max(0, milliseconds))
  }

  // A burst that was quiet is over; one that was not is watched on.
  #end(key: string): void {
    const burst = this.#bursts.get(key)
    if (!burst?.pending) {
      this.#bursts.delete(key)
      return
    }
    burst.timer = this.#later(key, quiet)
    void this.#send(burst)
  }

  #send(burst: Burst): Promise<unknown> | undefined {
    const { pending } = burst
    if (!pending) return undefined
    burst.pending = undefined
    this.#count(-1)
    return pending.send(pending.requestId)
  }

  // A process that has nothing else to do sends what waits, and only then ends.
  #count(change: number): void {
    this.#waiting += change
    if (this.#waiting === 0) process.off('beforeExit', this.#flush)
    else if (this.#waiting === 1 && change === 1) process.on('beforeExit', this.#flush)
  }
}
