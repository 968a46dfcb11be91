// Where a request may have its token: the URL, a subprotocol, `Authorization`, a cookie. A browser can set all but the third.

import type { IncomingMessage } from 'node:http'
import { maxAskedLength } from '../options/limits'

/** Which names to look under. */
export interface TokenPlaces {
  /** The parameter of the URL: `/cable?token=…` */
  readonly param: string
  /** The cookie, where one may have it. */
  readonly cookie?: string | undefined
}

// AnyCable's clients write their token so, beside the protocol that they speak.
const subprotocol = /(?:^|,)\s*anycable-token\.([^\s,]+)/

/** The first token of a request, in the order above; undefined without one, and for one that is longer than any may be. */
export function tokenIn({ url = '', headers }: IncomingMessage, { param, cookie }: TokenPlaces): string | undefined {
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?'))).get(param) : null
  const [, offered] = subprotocol.exec(headers['sec-websocket-protocol'] ?? '') ?? []
  const [, bearer] = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  const token = query || offered || bearer || (cookie && cookieIn(headers.cookie, cookie))
  return token && token.length <= maxAskedLength ? token : undefined
}

function cookieIn(header = '', name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name)
      return pair
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1')
  }
  return undefined
}
