// The cable as a function of (request, response, next). Connect, a Next custom server, a bare HTTP server and Express call it.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asRequest } from '../broadcast/request-id'
import type { CableCore } from '../cable'

/** Hands a request on to what comes after the cable. */
export type Next = (error?: unknown) => void

/** Middleware for Node's own requests and responses. */
export type NodeMiddleware = (request: IncomingMessage, response: ServerResponse, next?: Next) => void

interface HostResponse extends ServerResponse {
  locals?: Record<string, unknown>
}

/**
 * Makes middleware of a cable. It puts the view helpers into `response.locals`, answers the cable's own requests, and hands all
 * others on; without `next` it answers those with 404. `mount` gives the path to which the request's `url` is relative.
 */
export function nodeMiddleware(
  cable: CableCore,
  mount: (request: IncomingMessage) => string = () => '',
): NodeMiddleware {
  return (request, response: HostResponse, next = () => notFound(response)) => {
    const base = mount(request)
    // Also after close(): a server that is shutting down still answers requests, and its views still write markers.
    const { cursor, ...helpers } = cable.page(base)
    response.locals ??= {}
    Object.assign(response.locals, helpers, { turboCableCursor: cursor })
    if (!cable.handle(request, response, base)) asRequest(request, next)
  }
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404
  response.end()
}
