// Bearer tokens, compared in constant time.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** True if the request carries one of the tokens as `Authorization: Bearer …`. */
export function hasBearer(request: IncomingMessage, tokens: readonly string[]): boolean {
  const [, given] = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '') ?? []
  if (given === undefined) return false
  // Digests all have one length, and every token is compared, so that the time tells nothing about the tokens.
  const digest = sha256(given)
  return tokens.filter((token) => timingSafeEqual(sha256(token), digest)).length > 0
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
