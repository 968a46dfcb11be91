// Who may listen to what: from the name that a client asked for to the stream it means, or to the reason why not. A signature
// says that the server once printed a name; whether this identity may have it now is a question of its own.

import { warn } from '../log'
import { maxAskedLength } from '../options/limits'
import type { Identity, PublicStreams, ResolvedOptions, UpgradeRequest } from '../options/options'
import type { RejectReason } from '../protocol/turbo-cable'
import { isStreamName, maxNameBytes } from '../stream/name'
import { Signer } from '../stream/signer'
import { verdict } from '../verdict'

/** What a connection is, to those who decide about it. */
export interface Visitor {
  readonly identity: Identity
  readonly request: UpgradeRequest | undefined
}

export interface Admission {
  readonly stream: string
  /** When the right ends, ms since 1970. */
  readonly expires?: number | undefined
}

type Match = (identity: Identity) => boolean

export class Gate {
  readonly #signer: Signer | undefined
  readonly #public: PublicStreams
  readonly #authorize: ResolvedOptions['authorize']
  readonly #revoked = new Map<string, Set<Match>>()

  constructor({ secret, publicStreams, authorize }: Pick<ResolvedOptions, 'secret' | 'publicStreams' | 'authorize'>) {
    this.#signer = secret.length > 0 ? new Signer(secret) : undefined
    this.#public = publicStreams ?? secret.length === 0
    this.#authorize = authorize
  }

  /** True when the app has a say in each subscription, so that requests must be kept. */
  get asksTheApp(): boolean {
    return this.#authorize !== undefined
  }

  /** What the name asked for means, or why it is refused. Answers at once. */
  admit(asked: string, visitor: Visitor): Admission | RejectReason {
    if (asked.length > maxAskedLength) return 'limit'
    const token = this.#signer?.verify(asked)
    const stream = token?.stream ?? asked
    if (!isStreamName(stream)) return Buffer.byteLength(stream) > maxNameBytes ? 'limit' : 'invalid'
    if (token === undefined && !this.#isPublic(stream)) return 'unauthorized'
    if (token?.expires !== undefined && token.expires <= Date.now()) return 'expired'
    if (token?.subject !== undefined && token.subject !== subjectOf(visitor.identity)) return 'unauthorized'
    if (this.revoked(stream, visitor)) return 'unauthorized'
    return { stream, expires: token?.expires }
  }

  /** The app's own answer. A throw or a rejection is a no. */
  async allows(stream: string, { identity, request }: Visitor): Promise<boolean> {
    try {
      // The request is kept whenever there is an `authorize` to be asked.
      return (await this.#authorize?.({ identity, stream, request: request as UpgradeRequest })) === true
    } catch (error) {
      warn(`authorize failed for "${stream}", which refuses it: ${error instanceof Error ? error.message : error}`)
      return false
    }
  }

  /** Refuses a stream to whoever matches, until the returned function is called. */
  revoke(stream: string, match: Match): () => void {
    const matches = this.#revoked.get(stream) ?? new Set()
    this.#revoked.set(stream, matches.add(match))
    return () => {
      matches.delete(match)
      if (matches.size === 0 && this.#revoked.get(stream) === matches) this.#revoked.delete(stream)
    }
  }

  revoked(stream: string, { identity }: Visitor): boolean {
    for (const match of this.#revoked.get(stream) ?? []) if (verdict('revoke', () => match(identity), true)) return true
    return false
  }

  #isPublic(stream: string): boolean {
    const rule = this.#public
    if (typeof rule === 'boolean') return rule
    // search() and not test(): a RegExp with the flag g would remember where it was.
    if (rule instanceof RegExp) return stream.search(rule) !== -1
    return typeof rule === 'function' ? verdict('publicStreams', () => rule(stream), false) : rule.includes(stream)
  }
}

// Whom a token's subject is compared to: the identity itself, or its `id`.
function subjectOf(identity: Identity): string | undefined {
  const subject = typeof identity === 'object' && identity !== null ? identity.id : identity
  return typeof subject === 'string' || typeof subject === 'number' || typeof subject === 'bigint'
    ? String(subject)
    : undefined
}
