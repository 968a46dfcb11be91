// What Turbo needs of a response's status and headers, whichever framework writes them: seen to when they are about to leave.

import { createHash } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { warn } from '../log'
import { turboFrame, wantsTurboStream } from './asked'

/**
 * A redirect that answers a form of Turbo's becomes a 303, as a 302 makes browsers repeat a PUT, PATCH or DELETE. A frame's answer
 * gets an ETag of its own, since the page at the same URL has other bytes. All other requests are left as they are.
 */
export function minded(request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', headers } = request
  const frame = turboFrame(headers)
  const isForm = method !== 'GET' && method !== 'HEAD' && wantsTurboStream(headers)
  if (!frame && !isForm) return
  const mark = frame && `-${createHash('sha256').update(frame).digest('base64url').slice(0, 12)}`
  if (mark) unmark(request, mark)
  onHead(response, (status, header) => {
    const etag = mark && header.get('etag')
    if (etag) header.set('ETag', etag.replace(/"$/, `${mark}"`))
    if (!isForm) return status
    if (status === 301 || status === 302) return 303
    if (status === 200 && !frame && /^text\/html\b/.test(header.get('content-type') ?? '')) dead(request)
    return status
  })
}

// The app compares with the ETag that it knows; a tag of another part of the page is no match.
function unmark({ headers, rawHeaders }: IncomingMessage, mark: string): void {
  const known = headers['if-none-match']
  if (known === undefined) return
  const tags = known.split(',').map((tag) => tag.trim())
  const own = tags.filter((tag) => tag.endsWith(`${mark}"`)).map((tag) => tag.replace(`${mark}"`, '"'))
  // A tag that nothing has: without any, an `If-Modified-Since` beside it would decide.
  const amended = own.join(', ') || '"-"'
  headers['if-none-match'] = amended
  // Hono reads these.
  rawHeaders.forEach((name, index) => {
    if (index % 2 === 0 && name.toLowerCase() === 'if-none-match') rawHeaders[index + 1] = amended
  })
}

// Turbo shows nothing of such an answer, and says so in the browser's console alone.
function dead({ method, url }: IncomingMessage): void {
  if (process.env.NODE_ENV === 'production') return
  warn(
    `${method} ${url} answered a Turbo form with status 200 and HTML, which Turbo does not show: redirect, answer with res.turboStream, or show the form again with status 422`,
  )
}

interface Headers {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

// Calls `amend` with what is about to be written; it returns the status to write.
function onHead(response: ServerResponse, amend: (status: number, headers: Headers) => number): void {
  const write = response.writeHead
  response.writeHead = (status: number, ...rest: unknown[]) => {
    response.writeHead = write
    const given = rest.at(-1)
    const own = isHeaders(given) ? { ...given } : undefined
    const keyOf = (name: string) => Object.keys(own ?? {}).find((key) => key.toLowerCase() === name.toLowerCase())
    const headers: Headers = {
      get(name) {
        const key = keyOf(name)
        return text(key === undefined ? response.getHeader(name) : own?.[key])
      },
      set(name, value) {
        const key = keyOf(name)
        if (own && key !== undefined) own[key] = value
        else response.setHeader(name, value)
      },
    }
    const amended = amend(status, headers)
    // A text beside the status is that of the old one.
    const texts = amended === status ? rest.filter((each) => typeof each === 'string') : []
    return response.writeHead(amended, ...(texts as []), own ?? (given as OutgoingHttpHeaders | undefined))
  }
}

function isHeaders(value: unknown): value is OutgoingHttpHeaders {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: OutgoingHttpHeader | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
