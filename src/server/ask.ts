// Asks the app over HTTP. It gets the client's own headers, and says yes with a 200 and JSON. Whatever else happens is no yes: another
// status, a redirect, no JSON, more than fits, silence.

import { createHash } from 'node:crypto'
import { logger, warn } from '../log'

const debug = logger('ask')

/** The largest answer, bytes. */
const answerBytes = 65_536

/** How many answers are kept, and so how much memory. */
const mostKept = 1_000

/** How many questions are on their way at once: each is a connection to the app, and an open file here. The others wait their turn. */
const mostAtOnce = 100

/** Which part of the time is the app's: whoever waits for the answer gives up later, and would say so in a line for each client. */
const timely = 0.95

/** What `Ask` works with. */
export interface AskOptions {
  /** How long an answer may take, ms. */
  readonly answerTime: number
  /** How long a yes holds, ms; 0 for not at all. */
  readonly cache: number
  /** What is a yes: what it returns is the answer. */
  readonly yes: (value: unknown) => unknown
}

/** Questions to one URL of the app. The same question is asked once at a time, and a yes holds for a moment. */
export class Ask {
  readonly #options: AskOptions
  readonly #open = new Map<string, Promise<unknown>>()
  /** Whether the log has told that the app gives no answers. */
  #warned = false
  #underWay = 0
  /** Called when it is their turn. */
  readonly #waiting = new Set<() => void>()
  readonly #kept = new Map<string, { readonly answer: unknown; readonly until: number }>()

  constructor(options: AskOptions) {
    this.#options = options
  }

  /** The answer; undefined for a no. Never rejects. */
  async ask(url: URL, headers: Readonly<Record<string, string>>): Promise<unknown> {
    // What is kept by is a digest, as a cookie is a right.
    const key = createHash('sha256')
      .update(JSON.stringify([url.href, headers]))
      .digest('base64')
    const kept = this.#kept.get(key)
    if (kept && kept.until > performance.now()) return kept.answer
    const open = this.#open.get(key) ?? this.#put(key, url, headers)
    this.#open.set(key, open)
    return open
  }

  async #put(key: string, url: URL, headers: Readonly<Record<string, string>>): Promise<unknown> {
    try {
      const answer = this.#options.yes(await this.#fetched(url, headers))
      this.#warned = false
      // A no holds for no time at all: who has just been let into a room comes at once.
      if (answer !== undefined) this.#keep(key, answer)
      return answer
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error }
      // Once until it answers again: each client that comes meanwhile would be a line.
      const say = this.#warned ? debug : warn
      this.#warned = true
      say(`${url.origin}${url.pathname} gave no answer, which is a refusal: ${cause?.message ?? message}`)
      return undefined
    } finally {
      this.#open.delete(key)
    }
  }

  async #fetched(url: URL, headers: Readonly<Record<string, string>>): Promise<unknown> {
    const signal = AbortSignal.timeout(Math.ceil(this.#options.answerTime * timely))
    if (this.#underWay >= mostAtOnce) await this.#turn(signal)
    this.#underWay++
    try {
      return await this.#answered(url, headers, signal)
    } finally {
      this.#underWay--
      const [next] = this.#waiting
      next?.()
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#waiting.delete(next)
        reject(new Error(`more than ${mostAtOnce} questions at once`))
      }
      const next = () => {
        this.#waiting.delete(next)
        signal.removeEventListener('abort', late)
        resolve()
      }
      this.#waiting.add(next)
      signal.addEventListener('abort', late, { once: true })
    })
  }

  async #answered(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(url, {
      headers: { ...headers, accept: 'application/json' },
      redirect: 'manual',
      signal,
    })
    const { status } = response
    // The app's own no. All else that is not 200 is a fault of the app, or of what stands before it.
    if (status !== 200) await response.body?.cancel()
    if (status === 401 || status === 403 || status === 404) {
      debug('%s says %d', url.pathname, status)
      return undefined
    }
    if (status !== 200) throw new Error(`status ${status}`)
    return JSON.parse(await bodyOf(response))
  }

  #keep(key: string, answer: unknown): void {
    if (this.#options.cache === 0) return
    this.#kept.delete(key)
    this.#kept.set(key, { answer, until: performance.now() + this.#options.cache })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
    }
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the rest.
    if (size > answerBytes) throw new Error(`an answer of more than ${answerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
