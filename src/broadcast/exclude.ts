// Leaving out the tab that caused a broadcast: it has the answer to its request already.

import type { IncomingHttpHeaders } from 'node:http'

/** A connection's id, or the request that its page sent (the client adds the id to Turbo's requests). */
export type Exclude = string | { readonly headers: IncomingHttpHeaders }

export interface ExcludeOption {
  /** The tab that shall not receive this broadcast: `{ exclude: req }`. A request without an id leaves nobody out. */
  readonly exclude?: Exclude | undefined
}

/** The header that the client adds to the requests of its page. */
export const connectionHeader = 'x-turbo-cable-connection'

/** `connectionId(req)` → `'4f0c…'`, the id of the page that sent the request. */
export function connectionId(exclude: Exclude | undefined): string | undefined {
  if (exclude === undefined || typeof exclude === 'string') return exclude || undefined
  return [exclude.headers[connectionHeader]].flat()[0] || undefined
}
