// A connection that is made again whenever it ends. While there is none, what is asked of it is refused at once: nothing waits
// in a queue. A server that says nothing for too long is taken for gone.

import { randomBytes } from 'node:crypto'
import { failure } from '../../errors'
import { logger, warn } from '../../log'
import { Pauses } from '../pauses'
import { ServerClock } from '../server-clock'
import type { OpenRedis, RedisConnection } from './connection'
import { script, scriptKeys, scriptSha } from './script'
import { Silence } from './silence'

const debug = logger('redis')

/** How long Redis may say nothing while something is asked of it, ms. */
const patience = 5_000

/** How much may be on its way at once, bytes: Redis is slower than we are, and what is sent is kept until it answers. */
const mostOnItsWay = 67_108_864

let warned = false

/** What a caller has last seen: the proof that the history is still the one it knows. */
export interface Seen {
  readonly epoch: string
  /** The id of the last entry of the log, `position-signals`. */
  readonly id: string
  readonly tag: string
  /** When something of it was last handed on or sent here, by `performance.now()`. */
  readonly at?: number | undefined
}

/** Where the log stands after a script ran; `rest` is the operation's own answer. */
export interface Answer {
  readonly seen: Seen
  readonly rest: readonly unknown[]
}

export interface LinkParts {
  readonly open: OpenRedis
  readonly prefix: string
  /** Whether a question that has no answer yet keeps the process running. */
  readonly holds: boolean
  /** The clock that histories go by, ms; '' for that of Redis. */
  readonly now: () => string
  readonly seen: () => Seen | undefined
  /** Asked of each new connection before anything else may use it. */
  readonly greet: (link: Link) => Promise<void>
  /** Called when it has no connection, at each failed attempt, and when it has one again. */
  readonly changed: (link: Link, failed: Error | undefined) => void
}

/** One connection to Redis, over and over. */
export class Link {
  readonly #parts: LinkParts
  readonly #keys: readonly string[]
  #connection: RedisConnection | undefined
  /** Which server process this connection leads to, '' until it has said so. */
  #run = ''
  /** Resolves when the attempt under way has come to an end, whichever. */
  #attempt: Promise<void> | undefined
  #ready = false
  #stopped = false
  readonly #pauses = new Pauses()
  readonly #clock = new ServerClock()
  readonly #silence = new Silence(patience, () => this.reset(new Error(`no answer within ${patience} ms`)))
  #onItsWay = 0
  #failure: Error | undefined

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#keys = scriptKeys.map((name) => `{${parts.prefix}}:${name}`)
  }

  /** The key of the log. */
  get log(): string {
    return this.#keys[1] as string
  }

  /** Whether two that are open lead to different servers, as far as these say who they are. */
  isElsewhere(other: Link): boolean {
    return this.open && other.open && this.#run !== other.#run && ![this.#run, other.#run].includes('unknown')
  }

  /** Connects, unless it has or is about to. */
  start(): void {
    if (!this.#stopped && !this.#connection && !this.#pauses.underWay) this.#attempt ??= this.#connect()
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true
    this.#pauses.stop()
    this.#drop()
  }

  /** Ends the connection; the next one follows. */
  reset(error: Error): void {
    this.#drop()
    this.#lost(error)
  }

  /** Runs the script. Rejects at once while there is no connection, but for the first attempt, which is waited for. */
  run(operation: string, ...values: readonly string[]): Promise<Answer> {
    return this.#ask(operation, '', values)
  }

  /**
   * When something that is sent now and has no answer is given up, by `performance.now()`. Undefined while nobody knows what time
   * it is for Redis.
   */
  till(): number | undefined {
    return this.#parts.now() === '' && this.#clock.known ? this.#silence.end : undefined
  }

  /** How long ago something was by the clock of Redis, ms. */
  since(time: number): number {
    return Math.max(0, (this.#clock.at(performance.now()) ?? time) - time)
  }

  /** Runs the script, which does nothing from that time on: its caller may have been told that nothing was done. */
  async runTill(till: number | undefined, operation: string, ...values: readonly string[]): Promise<Answer> {
    // While it greets nobody knows yet where it leads, and what time it is there.
    if (!this.#ready) throw unreachable(this.#failure ?? new Error('it is not there yet'))
    const answer = await this.#ask(operation, String((till && this.#clock.at(till)) ?? ''), values)
    if (answer.rest[0] === 'late') throw unreachable(new Error('it got there too late'))
    return answer
  }

  async #ask(operation: string, till: string, values: readonly string[]): Promise<Answer> {
    const { epoch, id, tag, at } = this.#parts.seen() ?? { epoch: '', id: '', tag: '' }
    const age = at === undefined ? '' : String(Math.floor(performance.now() - at))
    const fresh = randomBytes(6).toString('base64url')
    const rest = [operation, this.#run, fresh, this.#parts.now(), epoch, id, tag, age, till, ...values]
    const command = ['EVALSHA', scriptSha, String(this.#keys.length), ...this.#keys, ...rest]
    const answer = (await this.send(command)) as [string, string, string, string, number, ...unknown[]]
    const [nowEpoch, nowId, nowTag, run, time, ...more] = answer
    this.#clock.said(time)
    if (this.#run === '' && run === 'unknown' && !warned) {
      warned = true
      warn(
        'Redis refuses INFO: a server that has taken the place of another is known only by what it lacks. Allow this user INFO',
      )
    }
    this.#run ||= run
    return { seen: { epoch: nowEpoch, id: nowId, tag: nowTag }, rest: more }
  }

  /** True while commands can be sent. */
  get open(): boolean {
    return this.#ready
  }

  /** Resolves when the first attempt to connect, or the one under way after it was started, has ended. */
  async attempted(): Promise<void> {
    this.start()
    if (!this.#ready && !this.#failure) await this.#attempt
  }

  /** Sends any command. */
  async send(command: readonly string[]): Promise<unknown> {
    const connection = this.#connection
    if (!connection) throw unreachable(this.#failure)
    const bytes = command.reduce((sum, { length }) => sum + length, 0)
    if (this.#onItsWay + bytes > mostOnItsWay && this.#silence.waits)
      throw unreachable(new Error('too much is on its way'))
    this.#onItsWay += bytes
    if (!this.#silence.waits) connection.hold(this.#parts.holds)
    this.#silence.ask()
    try {
      return await connection.call(command)
    } catch (error) {
      const reason = error as Error
      // It answers, but is not the one that takes writes.
      if (this.#connection === connection && /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MOVED)/.test(reason.message))
        this.reset(reason)
      throw unreachable(reason)
    } finally {
      this.#onItsWay -= bytes
      this.#silence.hear()
      if (!this.#silence.waits) this.#connection?.hold(false)
    }
  }

  async #connect(): Promise<void> {
    try {
      const connection = await this.#parts.open((error) => {
        if (this.#connection === connection) this.#lost(error)
      })
      if (this.#stopped) return connection.destroy()
      this.#connection = connection
      this.#run = ''
      this.#clock.forget()
      await this.send(['SCRIPT', 'LOAD', script])
      await this.#parts.greet(this)
      if (this.#connection !== connection) return
      this.#ready = true
      this.#failure = undefined
      this.#pauses.reset()
      connection.hold(false)
      this.#attempt = undefined
      this.#parts.changed(this, undefined)
    } catch (error) {
      this.#drop()
      this.#lost(error as Error)
    }
  }

  #drop(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#ready = false
    connection?.destroy()
  }

  #lost(error: Error | undefined): void {
    this.#connection = undefined
    this.#ready = false
    this.#attempt = undefined
    this.#failure = error ?? new Error('the connection ended')
    if (this.#stopped || this.#pauses.underWay) return
    debug('no connection: %s', this.#failure.message)
    this.#pauses.begin(() => this.start())
    this.#parts.changed(this, this.#failure)
  }
}

/** The error of what Redis did not take. */
export function unreachable(reason: Error | undefined): Error {
  if (reason && 'code' in reason && reason.code === 'TURBO_CABLE_UNREACHABLE') return reason
  return failure('TURBO_CABLE_UNREACHABLE', ['Redis', reason?.message || 'it cannot be reached'], reason)
}
