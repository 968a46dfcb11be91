// One HTTP request of the doctor, on a connection of its own, so that a balancer may send each to another process.

import { type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'

/** What is asked. */
export interface Ask {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How long the answer may take, ms. */
  readonly timeout?: number
}

/** What came. */
export interface Answered {
  /** 0 where nothing came in time. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The beginning of the body. */
  readonly body: string
}

const enough = 2_000

/** Asks, and reads the beginning of the answer. Never rejects. */
export async function ask(url: URL, how: Ask = {}): Promise<Answered> {
  const response = await begin(url, how)
  if (!response) return { status: 0, headers: {}, body: '' }
  const { statusCode: status = 0, headers } = response
  let body = ''
  response.setEncoding('utf8')
  try {
    for await (const text of response) {
      body += text
      if (body.length > enough) break
    }
  } catch {
    // What came until then is what there is.
  }
  return { status, headers, body }
}

/** Asks; resolves to the answer as soon as its head is there, undefined where there is none in time. */
export function begin(
  url: URL,
  { method = 'GET', headers = {}, body, timeout = 10_000 }: Ask = {},
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const request = url.protocol === 'https:' ? overHttps : overHttp
    const asking = request(url, { method, headers: { ...headers }, agent: false, timeout })
    asking.on('response', resolve)
    asking.on('error', () => resolve(undefined))
    asking.on('timeout', () => asking.destroy())
    asking.end(body)
  })
}
