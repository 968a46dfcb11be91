// The three pages that a Hotwire Native app never shows: their paths tell it to go back, to stay, or to load anew.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { historicalPaths } from '../options/limits'

/** Answers `/recede_historical_location` and its like. Returns false, and does nothing, for other paths. */
export function serveHistoricalLocation(path: string, { method }: IncomingMessage, response: ServerResponse): boolean {
  const found = Object.values(historicalPaths).find((each) => each.path === path)
  if (!found || (method !== 'GET' && method !== 'HEAD')) return false
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(method === 'HEAD' ? '' : found.says)
  return true
}
