// POST /_broadcast: reads an HTTP request and publishes it, or answers what was wrong. Statuses and texts are the same as those of
// the turbo_cable gem and Navigator, where these have one.

import type { IncomingMessage, ServerResponse } from 'node:http'
import getRawBody from 'raw-body'
import { logger } from '../log'
import { givenUpHeader, maxIdLength, mostGivenUp } from '../options/limits'
import { broadcastsIn, isRefreshAll } from '../publisher/body'
import type { Publisher } from '../publisher/publisher'
import type { BroadcastRight } from './broadcast-right'
import { tellRefused } from './refusals'

const debug = logger('broadcast')

interface Answer {
  readonly status: number
  readonly text: string
}

const notJson: Answer = { status: 415, text: 'Unsupported Media Type: application/json required' }
const tooLarge: Answer = { status: 413, text: 'Payload Too Large' }
const tooLargeAtOnce: Answer = { status: 413, text: 'Payload Too Large: the engine takes less at once' }
const invalidJson: Answer = { status: 400, text: 'Invalid JSON' }
const closed: Answer = { status: 503, text: 'Service Unavailable: the cable is closed' }
const notTaken: Answer = { status: 503, text: 'Service Unavailable: the engine has not taken it' }
const ok: Answer = { status: 200, text: 'OK' }

/** Who may broadcast, and how much. */
export interface EndpointOptions {
  readonly right: BroadcastRight
  /** Largest body, bytes. */
  readonly bodyBytes: number
  /** Another sender's way to write broadcasts. @default the gem's */
  readonly format?: BodyFormat
  /** The id of the cable, for those who are told of refusals. @default '' */
  readonly cable?: string
}

/** How bodies are written that are not the gem's, and how they are answered. */
export interface BodyFormat {
  /** Does what a parsed body says, or returns what is wrong with it. */
  take(value: unknown): Promise<unknown> | string
  /** The answer once that is done. */
  readonly done: { readonly status: number; readonly text: string }
  /** The status for who has no right to it. */
  readonly forbidden: number
}

/** Answers the POSTs to the broadcast path. */
export class BroadcastEndpoint {
  readonly #publisher: Publisher
  readonly #options: EndpointOptions

  constructor(publisher: Publisher, options: EndpointOptions) {
    this.#publisher = publisher
    this.#options = options
  }

  /** Answers one POST: 200 `OK` once the publisher has taken the broadcasts, else a status and text that say why not. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#take(request)
    const { status, text } = answer
    if (status >= 300) {
      debug('refused: %d %s', status, text)
      tellRefused(this.#options.cable ?? '', 'broadcast', request, answer)
    }
    response.statusCode = status
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    // Whoever takes over from here listens for new connections, and not on this one.
    if (status === 503) response.setHeader('Connection', 'close')
    response.end(text)
    // Reads the rest of the body, because many clients read no answer before they have sent all of it.
    if (!request.readableEnded) request.resume()
  }

  async #take(request: IncomingMessage): Promise<Answer> {
    const { right, bodyBytes, format } = this.#options
    const refusal = right.refusal(request)
    if (refusal !== undefined) return { status: format?.forbidden ?? 403, text: refusal }
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
    if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type) || encoding !== 'identity') return notJson
    const body = await bodyOf(request, bodyBytes)
    if ('status' in body) return body
    if (format) {
      const taken = format.take(body.value)
      return typeof taken === 'string' ? { status: 400, text: taken } : answerTo(taken, format.done)
    }
    const { 'idempotency-key': key, [givenUpHeader]: givenUp } = request.headers
    const id = single(key)
    if (isRefreshAll(body.value) && this.#publisher.refreshAll) return answerTo(this.#publisher.refreshAll(id))
    const broadcasts = broadcastsIn(body.value)
    if (typeof broadcasts === 'string') return { status: 400, text: broadcasts }
    // With an id, a request that is sent again is published once.
    return answerTo(this.#publisher.publish(broadcasts, id, idsIn(single(givenUp))))
  }
}

async function answerTo(taken: Promise<unknown>, done = ok): Promise<Answer> {
  try {
    await taken
    return done
  } catch (error) {
    debug('not taken: %s', error)
    // What is nested deeper than JSON can be written was read all the same.
    if (error instanceof RangeError) return invalidJson
    const { code, cause } = error as { code?: string; cause?: { status?: number } }
    if (code === 'TURBO_CABLE_CLOSED') return closed
    // Its sender need not try again.
    return cause?.status === 413 ? tooLargeAtOnce : notTaken
  }
}

// The JSON value of the body, also if a body parser such as express.json() has read it before.
async function bodyOf(
  request: IncomingMessage & { body?: unknown },
  limit: number,
): Promise<{ value: unknown } | Answer> {
  let text: unknown = request.body
  if (!request.readableDidRead) {
    try {
      text = await getRawBody(request, { limit, length: request.headers['content-length'] ?? null, encoding: 'utf8' })
    } catch (error) {
      return (error as { type?: string }).type === 'entity.too.large' ? tooLarge : invalidJson
    }
  }
  if (text !== null && typeof text === 'object' && !Buffer.isBuffer(text)) return { value: text }
  try {
    return { value: JSON.parse(String(text)) }
  } catch {
    return invalidJson
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}

function idsIn(header = ''): readonly string[] {
  return header
    .split(' ')
    .filter((id) => id !== '' && id.length <= maxIdLength)
    .slice(0, mostGivenUp)
}
