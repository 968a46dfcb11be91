// The cable as a function of (request, response, next). Connect, a Next custom server, a bare HTTP server and Express call it.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { asRequest } from '../broadcast/request-id'
import type { CableCore } from '../core'
import { streamType } from '../http/asked'
import { warn } from '../log'
import { expressRenderer, type ViewApp } from '../render/express'
import type { TurboStreamResponse } from '../response/turbo-stream-response'
import { addTurboLocals, addTurboRequest, addTurboResponse, varyOn } from './turbo'

/** Hands a request on to what comes after the cable. */
export type Next = (error?: unknown) => void

/** Middleware for Node's own requests and responses. */
export type NodeMiddleware = (request: IncomingMessage, response: ServerResponse, next?: Next) => void

interface HostRequest extends IncomingMessage {
  /** Express has these two. */
  app?: ViewApp
  next?: Next
}

interface HostResponse extends ServerResponse {
  locals?: Record<string, unknown>
  /** Express has these two. */
  send?(html: string): unknown
  redirect?(status: number, url: string): void
}

/**
 * Makes middleware of a cable. It puts the view helpers into `response.locals`, answers the cable's own requests, and hands all
 * others on; without `next` it answers those with 404. `mount` gives the path to which the request's `url` is relative.
 */
export function nodeMiddleware(
  cable: CableCore,
  mount: (request: IncomingMessage) => string = () => '',
): NodeMiddleware {
  return (request: HostRequest, response: HostResponse, next = () => notFound(response)) => {
    const base = mount(request)
    // Also after close(): a server that is shutting down still answers requests, and its views still write markers.
    const { cursor, ...helpers } = cable.page(base)
    response.locals ??= {}
    Object.assign(response.locals, helpers, { turboCableCursor: cursor })
    if (cable.handle(request, response, base)) return
    const vary = varyOn(response)
    addTurboLocals(response.locals, request.headers, vary)
    addTurboRequest(request, request.headers, vary)
    addTurboResponse<void>(response, request, base, {
      turboStream: () => streamResponse(cable, request, response),
      redirect: (url) => redirect(response, url),
    })
    asRequest(request, response, next)
  }
}

function streamResponse(cable: CableCore, request: HostRequest, response: HostResponse): TurboStreamResponse<void> {
  return cable.turboStreamResponse<void>({
    sent: () => response.headersSent,
    send(html) {
      response.setHeader('Content-Type', `${streamType}; charset=utf-8`)
      if (response.send) response.send(html)
      else response.end(html)
    },
    // As Express does it for res.render. Nobody else says to whom an error of the app goes.
    fail: (error) => (request.next ? request.next(error) : failed(response, error)),
    locals: () => response.locals ?? {},
    renderer: () => request.app && expressRenderer(request.app),
  })
}

function redirect(response: HostResponse, url: string): void {
  if (response.redirect) response.redirect(303, url)
  else response.writeHead(303, { Location: url }).end()
}

function failed(response: ServerResponse, error: unknown): void {
  warn(`a stream response failed: ${error instanceof Error ? error.message : error}`)
  response.statusCode = 500
  response.end()
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404
  response.end()
}
