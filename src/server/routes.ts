// What the server answers over HTTP beside what its cable answers.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CableCore } from '../core'
import type { BroadcastEndpoint } from '../http/broadcast-endpoint'

/** Answers one path. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void

/** What `routes` works with. */
export interface RouteParts {
  readonly cable: Pick<CableCore, 'handle'>
  /** Takes AnyCable's broadcasts. */
  readonly anycable: BroadcastEndpoint
  readonly path: string
  readonly broadcastPath: string
  readonly anycablePath: string
  /** Others, by their path, for GET and HEAD. */
  readonly more: Readonly<Record<string, Route>>
}

/** The listener of the server's requests. */
export function routes({ cable, anycable, path, broadcastPath, anycablePath, more }: RouteParts): Route {
  const byPath = new Map<string, Route>([
    [
      anycablePath,
      posts((request, response) => void anycable.handle(request, response).catch(() => response.destroy())),
    ],
    [broadcastPath, posts(notFound)],
    [
      path,
      (_request, response) =>
        answer(response, 426, 'Upgrade Required: a WebSocket is spoken here', { Upgrade: 'websocket' }),
    ],
    ['/', gets((_request, response) => answer(response, 200, `turbo-cable: the cable is at ${path}`))],
    ...getters(more),
  ])
  return (request, response) => {
    const [asked = ''] = (request.url ?? '').split('?', 1)
    if (cable.handle(request, response)) return
    const route = byPath.get(asked) ?? notFound
    route(request, response)
  }
}

/** The listener of a server that only answers these paths, for GET and HEAD. */
export function pathRoutes(more: Readonly<Record<string, Route>>): Route {
  const byPath = new Map(getters(more))
  return (request, response) => (byPath.get((request.url ?? '').split('?', 1)[0] ?? '') ?? notFound)(request, response)
}

function getters(more: Readonly<Record<string, Route>>): (readonly [string, Route])[] {
  return Object.entries(more).map(([at, route]) => [at, gets(route)] as const)
}

/** Answers in plain text. */
export function answer(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  const head = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers }
  response.writeHead(status, head).end(`${text}\n`)
}

/** Answers 404. */
export function notFound(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 404, 'Not Found')
}

function posts(route: Route): Route {
  return only(['POST'], route)
}

function gets(route: Route): Route {
  return only(['GET', 'HEAD'], route)
}

function only(methods: readonly string[], route: Route): Route {
  return (request, response) => {
    if (methods.includes(request.method ?? '')) route(request, response)
    else answer(response, 405, 'Method Not Allowed', { Allow: methods.join(', ') })
  }
}
