// A publisher for processes without the hub: each broadcast is one POST to a hub's `/_broadcast`, bounded in time.

import { failure } from '../errors'
import type { Broadcast, Publisher, PublishOptions } from './publisher'

export interface HttpPublisherOptions {
  /** Where broadcasts are taken: `http://localhost:3000/_broadcast`. */
  readonly url: string | URL
  /** Sent as `Authorization: Bearer …`; the hub wants it from other machines and behind a proxy. */
  readonly token?: string | undefined
  /** How long connecting and answering may take together, in milliseconds. @default 1000 */
  readonly timeout?: number | undefined
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
  return env.TURBO_CABLE_BROADCAST_URL || `http://localhost:${env.TURBO_CABLE_PORT || env.PORT || 3000}/_broadcast`
}

/** The token that goes with `broadcastUrl`: `TURBO_CABLE_BROADCAST_TOKEN`. */
export function broadcastToken(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.TURBO_CABLE_BROADCAST_TOKEN || undefined
}

class HttpPublisher implements Publisher {
  readonly #url: URL
  readonly #shownUrl: string
  readonly #headers: Record<string, string>
  readonly #timeout: number
  readonly #fetch: typeof fetch | undefined

  constructor({ url, token, timeout = 1000, fetch: ownFetch }: HttpPublisherOptions) {
    if (!(Number.isFinite(timeout) && timeout > 0)) {
      throw failure('TURBO_CABLE_BAD_OPTION', ['timeout', 'a number of milliseconds > 0', timeout])
    }
    if (token !== undefined && !/^[\x21-\x7E]*$/.test(token)) {
      throw failure('TURBO_CABLE_BAD_OPTION', ['token', 'printable ASCII without spaces', '(not shown)'])
    }
    this.#url = checkedUrl(url)
    // A query may hold a secret, and this goes to logs.
    this.#shownUrl = this.#url.origin + this.#url.pathname
    this.#headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    this.#timeout = timeout
    this.#fetch = ownFetch
  }

  async publish(broadcasts: readonly Broadcast[], { exclude }: PublishOptions = {}): Promise<void> {
    if (broadcasts.length === 0) return
    const bodies = broadcasts.map(({ stream, data }) => ({ stream, data, exclude }))
    await this.#post(JSON.stringify(bodies.length === 1 ? bodies[0] : bodies))
  }

  // One attempt. The body is made before it, so that a repetition would send the same bytes.
  async #post(body: string): Promise<void> {
    const response = await this.#answer(body)
    if (response.ok) {
      // Taken. Reading to the end gives the socket back to its pool; what it says does not matter.
      await response.arrayBuffer().catch(() => undefined)
      return
    }
    const text = await response.text().catch(() => '')
    const excerpt = text.replace(/\s+/g, ' ').trim().slice(0, 200)
    throw this.#unreachable(`the answer was ${response.status}${excerpt && ` ${excerpt}`}`)
  }

  async #answer(body: string): Promise<Response> {
    try {
      return await (this.#fetch ?? fetch)(this.#url, {
        method: 'POST',
        headers: this.#headers,
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

function checkedUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    const shown = url?.password ? '(a URL with a password)' : given
    throw failure('TURBO_CABLE_BAD_OPTION', ['url', 'an http or https URL without user and password', shown])
  }
  return url
}
