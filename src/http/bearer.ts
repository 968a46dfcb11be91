// Bearer tokens, compared in constant time.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** True when the request carries one of the tokens as `Authorization: Bearer …`. */
export function hasBearer(request: IncomingMessage, tokens: readonly string[]): boolean {
  const [, given] = /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '') ?? []
  if (given === undefined) return false
  // Digests have one length whatever the token's, and every token is compared, so the time tells nothing.
  const digest = sha256(given)
  return tokens.filter((token) => timingSafeEqual(sha256(token), digest)).length > 0
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
