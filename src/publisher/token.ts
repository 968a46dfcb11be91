// The bearer that lets a broadcast in: one that was chosen, or where there is none one that is derived from the secret, so that
// whoever shares the secret needs no second one.

import { createHmac } from 'node:crypto'
import type { Secret } from '../stream/signer'

/** The token of a secret: hex HMAC-SHA256(secret, `turbo-cable/broadcast`). What it is derived from cannot be told from it. */
export function derivedToken(secret: Secret): string {
  return createHmac('sha256', secret).update('turbo-cable/broadcast').digest('hex')
}

/** The token that this process sends: `TURBO_CABLE_BROADCAST_TOKEN`, else that of `TURBO_CABLE_SECRET`, else none. */
export function broadcastToken(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { TURBO_CABLE_BROADCAST_TOKEN: token, TURBO_CABLE_SECRET: secret } = env
  return token || (secret ? derivedToken(secret) : undefined)
}
