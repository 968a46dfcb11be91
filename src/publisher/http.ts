// A publisher for processes without the hub: each broadcast is a POST to a hub's `/_broadcast`, repeated
// for a bounded time while the hub cannot be reached.

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { failure } from '../errors'
import { check, notShown, positiveTime, type Rule, time } from '../options/check'
import { defaultBroadcastPath, givenUpHeader, mostGivenUp } from '../options/limits'
import { bodyOf, refreshAllBody } from './body'
import type { Broadcast, Publisher } from './publisher'
import { tap } from './tap'

/** The options of `httpPublisher()`. */
export interface HttpPublisherOptions {
  /** Where broadcasts are taken: `http://localhost:3000/_broadcast`. */
  readonly url: string | URL
  /** Sent as `Authorization: Bearer …`; the hub wants it from other machines and behind a proxy. */
  readonly token?: string | undefined
  /** How long connecting and answering may take together, in milliseconds. @default 1000 */
  readonly timeout?: number | undefined
  /** How long to go on trying while nobody answers, or a proxy answers 502, 503 or 504, in milliseconds. 0 tries once. @default 5000 */
  readonly retryFor?: number | undefined
  /** Used in place of the global `fetch`, for an agent or a certificate of one's own. */
  readonly fetch?: typeof fetch | undefined
}

/**
 * A publisher that POSTs `{"stream":…,"data":…}` (an array of these for several, which are then taken all or none), as the
 * gem does. `publish` rejects with `TURBO_CABLE_UNREACHABLE` for every answer but 2xx, redirects included, and when there is
 * none in time; the message names the URL and the reason.
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for a URL that is not http(s) or holds a password, and for a bad token or timeout.
 */
export function httpPublisher(options: HttpPublisherOptions): Publisher {
  return new HttpPublisher(options)
}

/**
 * Where this process sends broadcasts when it has no hub, by the gem's rule: `TURBO_CABLE_BROADCAST_URL`, else
 * `http://localhost:${TURBO_CABLE_PORT || PORT || 3000}/_broadcast`.
 */
export function broadcastUrl(env: NodeJS.ProcessEnv = process.env): string {
  return (
    env.TURBO_CABLE_BROADCAST_URL ||
    `http://localhost:${env.TURBO_CABLE_PORT || env.PORT || 3000}${defaultBroadcastPath}`
  )
}

class HttpPublisher implements Publisher {
  readonly #url: URL
  readonly #shownUrl: string
  readonly #headers: Record<string, string>
  readonly #timeout: number
  readonly #retryFor: number
  readonly #fetch: typeof fetch | undefined
  /** Ids of the broadcasts that were not confirmed, until a later one was. */
  #givenUp: readonly string[] = []

  constructor({ url, token, timeout = 1000, retryFor = 5000, fetch: ownFetch }: HttpPublisherOptions) {
    check('timeout', timeout, positiveTime)
    check('retryFor', retryFor, time)
    if (token !== undefined) check('token', token, headerText)
    this.#url = new URL(check('url', url, openUrl))
    // A query may hold a secret, and this goes to logs.
    this.#shownUrl = this.#url.origin + this.#url.pathname
    this.#headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    this.#timeout = timeout
    this.#retryFor = retryFor
    this.#fetch = ownFetch
  }

  async publish(broadcasts: readonly Broadcast[]): Promise<void> {
    if (broadcasts.length > 0) await this.#send(bodyOf(broadcasts))
  }

  // A hub that does not know the word finds no stream in the body.
  async refreshAll(): Promise<boolean> {
    try {
      await this.#send(refreshAllBody)
      return true
    } catch (error) {
      if (statusOf(error as Error) === 400) return false
      throw error
    }
  }

  // The same body and id each time, so that a hub which has taken it already takes it once. What was given up may still be on its
  // way: whatever follows says so, so that it is not applied after what is newer.
  async #send(body: string): Promise<void> {
    if (tap?.offline) return
    const id = randomUUID()
    const end = performance.now() + this.#retryFor
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      const givenUp = this.#givenUp
      try {
        await this.#post(body, id, givenUp)
        if (this.#givenUp === givenUp) this.#givenUp = []
        return
      } catch (error) {
        const wait = pause * (0.5 + Math.random() / 2)
        if (!isPassing(error as Error) || performance.now() + wait >= end) {
          this.#givenUp = [...this.#givenUp, id].slice(-mostGivenUp)
          throw error
        }
        await setTimeout(wait)
      }
    }
  }

  async #post(body: string, id: string, givenUp: readonly string[]): Promise<void> {
    const response = await this.#answer(body, {
      'idempotency-key': id,
      ...(givenUp.length > 0 && { [givenUpHeader]: givenUp.join(' ') }),
    })
    if (response.ok) {
      // Taken. Reading to the end gives the socket back to its pool; what it says does not matter.
      await response.arrayBuffer().catch(() => undefined)
      return
    }
    const text = await response.text().catch(() => '')
    const excerpt = text.replace(/\s+/g, ' ').trim().slice(0, 400)
    throw this.#unreachable(`the answer was ${response.status}${excerpt && ` ${excerpt}`}`, { status: response.status })
  }

  async #answer(body: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await (this.#fetch ?? fetch)(this.#url, {
        method: 'POST',
        headers: { ...this.#headers, ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeout),
      })
    } catch (error) {
      throw this.#unreachable(this.#reason(error), error)
    }
  }

  #unreachable(reason: string, cause?: unknown): Error {
    return failure('TURBO_CABLE_UNREACHABLE', [this.#shownUrl, reason], cause)
  }

  // fetch says no more than "fetch failed"; its cause knows the code.
  #reason(error: unknown): string {
    if (!(error instanceof Error)) return String(error)
    if (error.name === 'TimeoutError') return `no answer within ${this.#timeout} ms`
    const { cause } = error
    if (!(cause instanceof Error)) return error.message
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  }
}

// What may be better in a moment: nobody answered, or somebody in between could not reach the hub.
function isPassing(error: Error): boolean {
  const status = statusOf(error)
  return status === undefined || [502, 503, 504].includes(status)
}

// Undefined where there was no answer.
function statusOf({ cause }: { cause?: unknown }): number | undefined {
  return (cause as { status?: number } | undefined)?.status
}

const firstPause = 100
const longestPause = 1_000

const headerText: Rule = {
  words: 'printable ASCII without spaces',
  holds: (token) => /^[\x21-\x7E]*$/.test(String(token)),
  shown: notShown,
}
const openUrl: Rule = {
  words: 'an http or https URL without user and password',
  holds: (given) => {
    const url = parsed(given)
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  },
  shown: (given) => (parsed(given)?.password ? notShown() : given),
}

function parsed(given: unknown): URL | undefined {
  return URL.canParse(String(given)) ? new URL(String(given)) : undefined
}
