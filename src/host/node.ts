// The cable as a function of (request, response, next): what Connect, Next, a bare http server and Express call.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CableCore } from '../cable'

export type Next = (error?: unknown) => void

export type NodeMiddleware = (request: IncomingMessage, response: ServerResponse, next?: Next) => void

interface HostResponse extends ServerResponse {
  locals?: Record<string, unknown>
}

/**
 * Puts the helpers of the page into `response.locals`, answers what is the cable's, and hands on the rest; without `next` that
 * is answered with 404. `mount` tells below which path the request's `url` is.
 */
export function nodeMiddleware(
  cable: CableCore,
  mount: (request: IncomingMessage) => string = () => '',
): NodeMiddleware {
  return (request, response: HostResponse, next = () => notFound(response)) => {
    const base = mount(request)
    // Also when closed: a server that is being drained still answers, and its views still print markers.
    const { cursor, ...helpers } = cable.page(base)
    response.locals ??= {}
    Object.assign(response.locals, helpers, { turboCableCursor: cursor })
    if (!cable.handle(request, response, base)) next()
  }
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404
  response.end()
}
