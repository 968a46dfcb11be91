// A connection that is made again whenever it ends. While there is none, what is asked of it is refused at once: nothing waits
// in a queue. A server that says nothing for too long is taken for gone.

import { logger } from '../../log'
import { Pauses } from '../pauses'
import { type OpenedNats, type OpenNats, unreachable } from './connection'
import type { Said } from './entry'
import type { Log } from './log'

const debug = logger('nats')

/** How much may be on its way at once, bytes: what is sent is kept until NATS answers. */
const mostOnItsWay = 67_108_864

/** How long a connection that nobody listens on stays without being used, ms. */
const idle = 1_000

export interface LinkParts {
  readonly open: OpenNats
  /** Finds the log on each new connection. */
  readonly find: (opened: OpenedNats) => Promise<Log>
  /** Asked of each new log before anything else may use it. Undefined where the connection is there only to send. */
  readonly greet?: (log: Log) => Promise<void>
  /** Called when it has no connection, at each failed attempt, and when it has one again. */
  readonly changed: (failed: Error | undefined) => void
}

/** One connection to NATS, over and over. */
export class Link {
  readonly #parts: LinkParts
  #opened: OpenedNats | undefined
  #log: Log | undefined
  /** Resolves when the attempt under way has come to an end, whichever. */
  #attempt: Promise<void> | undefined
  #stopped = false
  readonly #pauses = new Pauses()
  #idle: NodeJS.Timeout | undefined
  #onItsWay = 0
  #waiting = 0
  #failure: Error | undefined

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  /** The log, while it can be used. */
  get log(): Log | undefined {
    return this.#log
  }

  /** Connects, unless it has or is about to. */
  start(): void {
    if (!this.#stopped && !this.#opened && !this.#pauses.underWay) this.#attempt ??= this.#connect()
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true
    this.#pauses.stop()
    this.#drop()
  }

  /** Ends the connection; the next one follows. */
  reset(error: Error): void {
    if (!this.#opened) return
    this.#drop()
    this.#lost(error)
  }

  /** Resolves to the log, once the first attempt to connect has ended. Rejects where it cannot be used. */
  async ready(): Promise<Log> {
    this.start()
    if (!this.#log && !this.#failure) await this.#attempt
    if (!this.#log) throw unreachable(this.#failure)
    return this.#log
  }

  /** Writes to the log; see there. `size` is about what it has, bytes. */
  async append(said: Said, size: number, own: { id?: string; after?: number } = {}): Promise<number | undefined> {
    const log = await this.ready()
    if (this.#onItsWay + size > mostOnItsWay && this.#waiting > 0)
      throw unreachable(new Error('too much is on its way'))
    this.#onItsWay += size
    this.#waiting++
    clearTimeout(this.#idle)
    try {
      return await log.append(said, own)
    } catch (error) {
      const reason = error as Error
      if (reason.name === 'TimeoutError' && this.#log === log) this.reset(new Error('no answer in time'))
      throw unreachable(reason)
    } finally {
      this.#onItsWay -= size
      if (--this.#waiting === 0) this.#rest()
    }
  }

  async #connect(): Promise<void> {
    let opened: OpenedNats | undefined
    try {
      opened = await this.#parts.open()
      if (this.#stopped) return close(opened)
      this.#opened = opened
      void opened.connection.closed().then((error) => {
        if (opened !== undefined && this.#opened === opened) this.#lost(error instanceof Error ? error : undefined)
      })
      const log = await this.#parts.find(opened)
      await this.#parts.greet?.(log)
      if (this.#opened !== opened) return
      this.#log = log
      this.#failure = undefined
      this.#pauses.reset()
      this.#attempt = undefined
      this.#parts.changed(undefined)
      this.#rest()
    } catch (error) {
      if (opened && this.#opened !== opened) return
      this.#drop()
      this.#lost(error as Error)
    }
  }

  // Nobody listens, and nothing is sent: the process may end.
  #rest(): void {
    if (this.#parts.greet || !this.#log) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#waiting === 0 && this.#drop(), idle)
  }

  #drop(): void {
    const opened = this.#opened
    clearTimeout(this.#idle)
    this.#opened = undefined
    this.#log = undefined
    if (opened) close(opened)
  }

  #lost(error: Error | undefined): void {
    clearTimeout(this.#idle)
    this.#opened = undefined
    this.#log = undefined
    this.#attempt = undefined
    this.#failure = error ?? new Error('the connection ended')
    if (this.#stopped || this.#pauses.underWay) return
    debug('no connection: %s', this.#failure.message)
    this.#pauses.begin(() => this.start())
    this.#parts.changed(this.#failure)
  }
}

// What was sent without an answer, as a whisper, may still be on its way; a server that does not take it is not waited for.
function close({ connection, destroy }: OpenedNats): void {
  const late = setTimeout(destroy, 1_000)
  late.unref()
  void connection
    .close()
    .catch(() => {})
    .finally(() => {
      clearTimeout(late)
      destroy()
    })
}
