// Which request a piece of work serves. Turbo gives each of its requests an id; a page does not refresh for an id of its own.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { maxIdLength, requestIdHeader } from '../options/limits'
import { scope, within } from './scope'

/**
 * Runs `work` as part of a request: the refreshes that it causes carry the id, and the tab that has sent the request leaves
 * them out. The cable does so for every request that goes through it; a job that was handed the id does it by itself.
 *
 * ```ts
 * await withRequestId(job.requestId, () => broadcastRefreshTo('todos'))
 * // → <turbo-stream request-id="…" action="refresh"></turbo-stream>
 * ```
 *
 * `null` is no request. Gives back what `work` gives.
 * Throws `TURBO_CABLE_BAD_OPTION` if `work` is no function.
 */
export function withRequestId<Result>(id: string | null | undefined, work: () => Result): Result {
  return within({ requestId: () => id || undefined }, work)
}

/** The id of the request that the code of now works for, until that is answered. `currentRequestId() // → "b1946ac9-…"` */
export function currentRequestId(): string | undefined {
  return scope().requestId?.()
}

/**
 * Runs `work` as part of this request. One without an id, or with one that is no id of Turbo's, costs nothing.
 *
 * The id counts until the response is ended. What work in the background changes afterwards is not in the answer, so the tab that
 * has sent the request has to refresh for it like every other.
 */
export function asRequest<Result>(
  { headers }: Pick<IncomingMessage, 'headers'>,
  response: Pick<ServerResponse, 'writableEnded'>,
  work: () => Result,
): Result {
  const id = headers[requestIdHeader]
  if (typeof id !== 'string' || id === '' || id.length > maxIdLength) return work()
  return within({ requestId: () => (response.writableEnded ? undefined : id) }, work)
}
