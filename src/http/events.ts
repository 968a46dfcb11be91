// The event stream: `GET <path>/events?stream=…&stream=…`, for pages without a client of ours. Its client cannot speak, so what it
// subscribes to, and from where, is in its request.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Visitor } from '../hub/gate'
import type { Hub } from '../hub/hub'
import { maxIdLength } from '../options/limits'
import { eventStreamProtocol, eventStreamsProtocol } from '../protocol/event-stream'
import type { SubscribeCommand } from '../protocol/protocol'
import { EventStreamTransport } from '../transport/event-stream'
import type { Entrance } from './entrance'
import { tellRefused } from './refusals'

// When a client that found no place comes back, ms; with as much by chance on top.
const comeBack = 5_000

type Refuse = (status: number, text: string) => void

/** Opens the event streams of one cable. */
export class Events {
  readonly #hub: Hub
  readonly #entrance: Entrance
  /** Those that carry a stream, or wait for one. What comes behind it on HTTP/1.1 would wait for ever. */
  readonly #taken = new WeakSet<Socket>()

  constructor(hub: Hub, entrance: Entrance) {
    this.#hub = hub
    this.#entrance = entrance
  }

  /** Answers a request with an event stream, or with a status that refuses it. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const refuse: Refuse = (status, text) => {
      tellRefused(this.#hub.id, 'event-stream', request, { status, text })
      answer(request, response, status, text)
    }
    // A page elsewhere may ask without telling its origin, and would take a place although it cannot read the answer.
    const { origin, 'sec-fetch-site': site } = request.headers
    const commands = asked(request)
    if (origin === undefined && site === 'cross-site') refuse(403, 'Forbidden: origin not allowed')
    else if (commands.length === 0) refuse(400, 'Stream required: events?stream=name')
    else if (this.#hub.closed) refuse(503, 'Closing')
    else if (this.#taken.has(request.socket)) refuse(400, 'One event stream for each connection')
    else this.#enter(request, response, commands, this.#taking(request, refuse))
  }

  // Whoever is refused may ask for another one on the same socket.
  #taking({ socket, httpVersionMajor }: IncomingMessage, refuse: Refuse): Refuse {
    if (httpVersionMajor < 2) this.#taken.add(socket)
    return (status, text) => {
      this.#taken.delete(socket)
      refuse(status, text)
    }
  }

  #enter(
    request: IncomingMessage,
    response: ServerResponse,
    commands: readonly SubscribeCommand[],
    refuse: Refuse,
  ): void {
    this.#entrance.enter({
      request,
      response,
      refuse,
      accept: (visitor) => this.#open(request, response, visitor, commands, refuse),
      watch(left) {
        response.once('close', left)
        return () => response.off('close', left)
      },
    })
  }

  #open(
    request: IncomingMessage,
    response: ServerResponse,
    visitor: Visitor,
    commands: readonly SubscribeCommand[],
    refuse: Refuse,
  ): void {
    // Who may have none of it learns that by the status, as an EventSource shows its page nothing else.
    const verdicts = commands.map(({ asked }) => this.#hub.gate.admit(asked as string, visitor))
    if (verdicts.every((verdict) => typeof verdict === 'string')) {
      refuse(403, `Forbidden: ${verdicts.join(', ')}`)
      return
    }
    response.writeHead(200, head(request))
    response.flushHeaders()
    const protocol = commands.length === 1 ? eventStreamProtocol : eventStreamsProtocol
    this.#hub.accept(new EventStreamTransport(response), protocol, visitor, commands)
  }
}

// The streams in the order of the request, each once. What was seen last is told by the browser; at first only the page can tell.
function asked({ url = '', headers }: IncomingMessage): readonly SubscribeCommand[] {
  const { searchParams } = new URL(url, 'http://localhost')
  const seen = [headers['last-event-id']].flat()[0] || searchParams.get('cursor')
  const connection = searchParams.get('connection')
  const own = connection && connection.length <= maxIdLength ? { connection } : {}
  const streams = new Set(searchParams.getAll('stream').filter((stream) => stream !== ''))
  return [...streams].map((stream) => ({ type: 'subscribe', address: stream, asked: stream, cursor: seen, ...own }))
}

function head({ headers: { origin } }: IncomingMessage): Record<string, string> {
  return {
    'Content-Type': 'text/event-stream; charset=utf-8',
    // Neither kept nor compressed on its way: what is compressed is gathered first.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'close',
    // Its origin was allowed by the same rule as that of a WebSocket, which gives the user's cookies too.
    ...(origin === undefined
      ? {}
      : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }),
  }
}

// After a status that is an error, a browser never comes back. So where it should, it is told by a stream that ends at once.
function answer(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return
  if (status === 503) {
    const retry = comeBack + Math.floor(Math.random() * comeBack)
    response.writeHead(200, head(request)).end(`retry: ${retry}\n: ${text}\n\n`)
    return
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(text)
}
