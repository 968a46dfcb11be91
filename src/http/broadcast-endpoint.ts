// POST /_broadcast: from an HTTP request to the publisher, or to the status that says what was wrong.
// Texts and statuses are those of the turbo_cable gem and Navigator where they have one.

import type { IncomingMessage, ServerResponse } from 'node:http'
import getRawBody from 'raw-body'
import { logger } from '../log'
import { broadcastsIn } from '../publisher/body'
import type { Broadcast, Publisher } from '../publisher/publisher'
import { hasBearer } from './bearer'
import { Once } from './once'
import { isTrustedPeer } from './trusted-peer'

const debug = logger('broadcast')

interface Answer {
  readonly status: number
  readonly text: string
}

const forbidden: Answer = { status: 403, text: 'Forbidden: Broadcasts only allowed from localhost' }
const notJson: Answer = { status: 415, text: 'Unsupported Media Type: application/json required' }
const tooLarge: Answer = { status: 413, text: 'Payload Too Large' }
const invalidJson: Answer = { status: 400, text: 'Invalid JSON' }
const unavailable: Answer = { status: 503, text: 'Service Unavailable: the cable is closed' }
const ok: Answer = { status: 200, text: 'OK' }

export interface EndpointOptions {
  readonly tokens: readonly string[]
  readonly bodyBytes: number
}

export class BroadcastEndpoint {
  readonly #publisher: Publisher
  readonly #options: EndpointOptions
  // Keyed by what the sender put into `Idempotency-Key`: a broadcast that is sent again is applied once.
  readonly #once = new Once<Answer>()

  constructor(publisher: Publisher, options: EndpointOptions) {
    this.#publisher = publisher
    this.#options = options
  }

  /** Answers one POST; 200 `OK` once every subscribed socket has been handed the message. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, text } = await this.#take(request)
    if (status !== 200) debug('refused: %d %s', status, text)
    response.statusCode = status
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.end(text)
    // What was not read is drained, so that the client gets to read the answer.
    if (!request.readableEnded) request.resume()
  }

  async #take(request: IncomingMessage): Promise<Answer> {
    if (!hasBearer(request, this.#options.tokens) && !isTrustedPeer(request)) return forbidden
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
    if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type) || encoding !== 'identity') return notJson
    const body = await bodyOf(request, this.#options.bodyBytes)
    if ('status' in body) return body
    const broadcasts = broadcastsIn(body.value)
    if (typeof broadcasts === 'string') return { status: 400, text: broadcasts }
    const failed = ({ status }: Answer) => status !== 200
    return this.#once.run(request.headers['idempotency-key'], () => this.#publish(broadcasts), failed)
  }

  async #publish(broadcasts: readonly Broadcast[]): Promise<Answer> {
    try {
      await this.#publisher.publish(broadcasts)
      return ok
    } catch (error) {
      debug('not taken: %s', error)
      return unavailable
    }
  }
}

// The JSON value of the body, whether or not somebody before us (express.json()) has read it.
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
