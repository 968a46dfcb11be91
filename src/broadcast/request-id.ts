// Which request a piece of work serves. Turbo gives each of its requests an id; a page does not refresh for an id of its own.

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
 */
export function withRequestId<Result>(id: string | null | undefined, work: () => Result): Result {
  return within({ requestId: id || undefined }, work)
}

/** The id of the request that the code of now works for. `currentRequestId() // → "b1946ac9-…"` */
export function currentRequestId(): string | undefined {
  return scope().requestId
}

/** Runs `work` as part of this request. One without an id, or with one that is no id of Turbo's, costs nothing. */
export function asRequest<Result>(
  { headers }: { readonly headers: Readonly<Record<string, string | readonly string[] | undefined>> },
  work: () => Result,
): Result {
  const id = headers[requestIdHeader]
  return typeof id === 'string' && id !== '' && id.length <= maxIdLength ? withRequestId(id, work) : work()
}
