// Who may broadcast by POST: whoever has the bearer, and, only where nobody has made the server's door its own, a process on this
// machine.

import type { IncomingMessage } from 'node:http'
import type { ResolvedOptions } from '../options/options'
import { derivedToken } from '../publisher/token'
import { hasBearer } from './bearer'
import { isTrustedPeer } from './trusted-peer'

type RightOptions = Pick<ResolvedOptions, 'broadcastToken' | 'secret' | 'localBroadcasts'>

export class BroadcastRight {
  readonly #tokens: readonly string[]
  /** Whether being a process on this machine is a right. */
  readonly local: boolean

  /**
   * Where a token or a secret is set, and in production, being local is no right: through many a proxy everybody is. `derive` makes the
   * token of a secret.
   */
  constructor(
    { broadcastToken, secret, localBroadcasts }: RightOptions,
    env: NodeJS.ProcessEnv = process.env,
    derive = derivedToken,
  ) {
    this.#tokens = broadcastToken.length > 0 ? broadcastToken : secret.map(derive)
    this.local = localBroadcasts ?? (env.NODE_ENV !== 'production' && this.#tokens.length === 0)
  }

  /** Undefined for who may; else why not, in the gem's own words, and on a second line what to do. */
  refusal(request: IncomingMessage): string | undefined {
    if (hasBearer(request, this.#tokens)) return undefined
    if (this.local && isTrustedPeer(request)) return undefined
    return `Forbidden: Broadcasts only allowed from localhost\n${this.#wayOut()}`
  }

  #wayOut(): string {
    if (this.#tokens.length === 0) {
      return 'From elsewhere, through a proxy and in production: set TURBO_CABLE_BROADCAST_TOKEN here and where you send from'
    }
    return 'Here also those need a token: Authorization: Bearer with what `npx turbo-cable token` prints. The senders of turbo-cable take it from TURBO_CABLE_BROADCAST_TOKEN or TURBO_CABLE_SECRET'
  }
}
