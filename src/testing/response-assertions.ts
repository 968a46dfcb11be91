// Assertions about the answer to a request: the streams and frames in it. For the responses of supertest, of Fastify's inject()
// and of fetch.

import { AssertionError } from 'node:assert'
import { elementsNamed } from './html'
import {
  type ElementExpectation,
  matching,
  parsedStreams,
  type StreamElement,
  shortened,
  shownElement,
  shownExpectation,
} from './stream-element'

/** A response that was read. */
export interface ReadResponse {
  /** The status, as supertest calls it. */
  readonly status?: number
  /** The status, as Fastify's `inject()` calls it. */
  readonly statusCode?: number
  /** The headers by their names in lower case. */
  readonly headers: object
  /** The body, as supertest calls it. */
  readonly text?: string
  /** The body, as Fastify's `inject()` calls it. */
  readonly payload?: string
}

/** A response of `fetch`, whose body is still to be read. */
export interface FetchedResponse {
  /** The status. */
  readonly status: number
  /** The headers. */
  readonly headers: { get(name: string): string | null }
  /** Reads the body. */
  text(): Promise<string>
}

/** What a Turbo Stream response has. */
export interface StreamResponseExpectation extends ElementExpectation {
  /** The status. @default 200 */
  readonly status?: number | undefined
}

/** What a response with a frame has. What is not given may be anything. */
export interface FrameExpectation {
  /** Its id. */
  readonly id?: string | undefined
  /** Its `src`. */
  readonly src?: string | undefined
  /** Its `target`. */
  readonly target?: string | undefined
  /** Its `loading`: `'lazy'`. */
  readonly loading?: string | undefined
  /** How many there are; 0 for none. @default 1 */
  readonly count?: number | undefined
  /** The status. @default 200 */
  readonly status?: number | undefined
}

/** A `<turbo-frame>` element. */
export interface FrameElement {
  /** Its id. */
  readonly id: string | undefined
  /** All its attributes, the id too. */
  readonly attributes: Readonly<Record<string, string>>
  /** What is in it, as it was sent. */
  readonly html: string
}

/**
 * Fails unless the response is a Turbo Stream response, with exactly `count` (1 unless said) elements as expected. Gives those.
 *
 * ```ts
 * const response = await request(app).post('/messages').set(turboStreamHeaders).send({ body: 'hi' })
 * const [stream] = assertTurboStream(response, { action: 'append', target: 'messages' })
 * // → { action: 'append', target: 'messages', html: '<p>hi</p>', attributes: {} }
 * assertTurboStream(response, { action: 'remove', count: 0 })
 * await assertTurboStream(await fetch(url, { method: 'POST', headers: turboStreamHeaders }), { target: message, status: 422 })
 * ```
 *
 * Throws an `AssertionError`; for a response of `fetch` it returns a promise, which rejects.
 */
export function assertTurboStream(
  response: FetchedResponse,
  expected?: StreamResponseExpectation,
): Promise<StreamElement[]>
/** The same for a response that was read: `assertTurboStream(response, { action: 'append', target: 'messages' })`. */
export function assertTurboStream(response: ReadResponse, expected?: StreamResponseExpectation): StreamElement[]
export function assertTurboStream(
  response: ReadResponse | FetchedResponse,
  { status, count = 1, ...element }: StreamResponseExpectation = {},
) {
  return read(response, status, ({ type, body }) => {
    // Turbo takes a response by how its type begins.
    if (!type.startsWith('text/vnd.turbo-stream.html')) {
      const message = `Expected text/vnd.turbo-stream.html, but the response is ${type || 'of no type'}: "${shortened(body)}"`
      throw new AssertionError({ message, actual: type, expected: 'text/vnd.turbo-stream.html', operator: 'type' })
    }
    const all = parsedStreams(body)
    const found = matching(all, element)
    if (found.length !== count) failCount(shownExpectation(element), count, found, all.map(shownElement), body)
    return found
  })
}

/**
 * Fails unless the response has exactly `count` (1 unless said) `<turbo-frame>` elements as expected. Gives those.
 *
 * ```ts
 * const [frame] = assertTurboFrame(await request(app).get('/messages/1/edit'), 'message_1')
 * // → { id: 'message_1', attributes: { id: 'message_1' }, html: '<form …>' }
 * assertTurboFrame(response, { id: 'comments', src: '/comments', loading: 'lazy' })
 * ```
 *
 * Throws an `AssertionError`; for a response of `fetch` it returns a promise, which rejects.
 */
export function assertTurboFrame(
  response: FetchedResponse,
  expected: string | FrameExpectation,
): Promise<FrameElement[]>
/** The same for a response that was read: `assertTurboFrame(response, 'message_1')`. */
export function assertTurboFrame(response: ReadResponse, expected: string | FrameExpectation): FrameElement[]
export function assertTurboFrame(response: ReadResponse | FetchedResponse, expected: string | FrameExpectation) {
  const { status, count = 1, ...wanted }: FrameExpectation = typeof expected === 'string' ? { id: expected } : expected
  return read(response, status, ({ body }) => {
    const all = elementsNamed('turbo-frame', body)
    const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
    const found = all.filter(({ attributes }) => given.every(([name, value]) => attributes[name] === value))
    const shown = all.map(({ attributes }) => shownFrame(Object.entries(attributes)))
    if (found.length !== count) failCount(shownFrame(given), count, found, shown, body)
    return found.map(({ attributes, html }) => ({ id: attributes.id, attributes, html }))
  })
}

/** The headers by which Turbo asks for a stream: `fetch('/messages', { method: 'POST', headers: turboStreamHeaders })`. */
export const turboStreamHeaders = { Accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' }

interface Answer {
  readonly type: string
  readonly body: string
}

function read<Found>(
  response: ReadResponse | FetchedResponse,
  status: number | undefined,
  found: (answer: Answer) => Found,
): Found | Promise<Found> {
  const { headers } = response
  const had = 'statusCode' in response && response.statusCode !== undefined ? response.statusCode : response.status
  const answered = (body: string) => {
    const wanted = status ?? 200
    if (had !== wanted) {
      throw new AssertionError({
        message: `Expected status ${wanted}, but the response has ${had}: "${shortened(body)}"`,
        actual: had,
        expected: wanted,
        operator: 'status',
      })
    }
    return found({ type: contentType(headers), body })
  }
  if (isFetched(response)) return response.text().then(answered)
  return answered(response.text ?? response.payload ?? '')
}

function isFetched(response: ReadResponse | FetchedResponse): response is FetchedResponse {
  return typeof response.text === 'function'
}

function contentType(headers: object): string {
  const type = 'get' in headers && typeof headers.get === 'function' ? headers.get('content-type') : undefined
  return String(type ?? ('content-type' in headers ? headers['content-type'] : ''))
}

function failCount(
  wanted: string,
  count: number,
  found: readonly unknown[],
  all: readonly string[],
  body: string,
): never {
  const had = all.length > 0 ? all.map((each) => `\n  ${each}`).join('') : ` "${shortened(body)}"`
  throw new AssertionError({
    message: `Expected ${count} ${wanted}, but there were ${found.length}. The response has:${had}`,
    actual: found.length,
    expected: count,
    operator: 'elements',
  })
}

function shownFrame(attributes: readonly [string, string | number | undefined][]): string {
  return `<turbo-frame${attributes.map(([name, value]) => ` ${name}="${value}"`).join('')}>`
}
