// The id of a page's connection: how it comes to the server, and how a broadcast leaves out the tab that caused it, which has
// the answer to its request already.

import type { IncomingHttpHeaders } from 'node:http'
import { check, kindOf, type Rule } from '../options/check'

/** A page's id, or the request that the page sent. */
export type ExcludedTab = string | { readonly headers: IncomingHttpHeaders }

/** What every verb takes beside its own options. */
export interface ExcludeOption {
  /** The tab that shall not receive this broadcast: `{ exclude: req }`. A request without an id leaves nobody out. */
  readonly exclude?: ExcludedTab | undefined
}

/** The header that a page's client adds to Turbo's requests. `client/page.ts` writes it, and can import nothing from here. */
export const pageIdHeader = 'x-turbo-cable-connection'

/** `connectionId(req)` → `'4f0c…'`, the id of the page that sent the request. */
export function connectionId(exclude: ExcludedTab | undefined): string | undefined {
  if (exclude === undefined || typeof exclude === 'string') return exclude || undefined
  return [check('exclude', exclude, tab).headers[pageIdHeader]].flat()[0] || undefined
}

const tab: Rule = {
  words: "a page's id or the request that it sent",
  holds: (value) => typeof (value as { headers?: unknown } | null)?.headers === 'object',
  shown: kindOf,
}
