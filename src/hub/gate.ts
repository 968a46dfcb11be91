// Decides who may subscribe to what. A client asks for a name or a token; the answer is the stream that this means, or the
// reason why not. A valid signature proves only that the server printed the name once, not that this client may have it now.

import { inTime } from '../in-time'
import { cutOff, logger, reasonOf, warnSeldom } from '../log'
import type { Identity, UpgradeRequest } from '../options/identity'
import { maxAskedLength } from '../options/limits'
import type { PublicStreams, ResolvedOptions } from '../options/options'
import type { RejectReason } from '../protocol/protocol'
import { isStreamName, maxNameBytes } from '../stream/name'
import { Signer } from '../stream/signer'
import { verdict } from '../verdict'
import { Channels } from './channels'
import { holds } from './rule'
import type { Visitor } from './visitor'

export type { Visitor }

/** The right to subscribe to a stream. */
export interface Right {
  readonly stream: string
  /** When the right ends, ms since 1970; undefined for never. */
  readonly expires?: number | undefined
}

const debug = logger('hub')

type Match = (identity: Identity) => boolean

/** Decides about subscriptions. */
export class Gate {
  readonly #signer: Signer | undefined
  readonly #public: PublicStreams
  readonly #authorize: ResolvedOptions['authorize']
  readonly #answerTime: number
  // Whoever may subscribe can have it fail.
  readonly #sayFailed = warnSeldom(debug)
  /** The app's own channels. */
  readonly channels: Channels
  /** Who is refused which stream, and until when, ms since 1970. */
  readonly #revoked = new Map<string, Map<Match, number>>()

  constructor({
    secret,
    publicStreams,
    authorize,
    channels,
    limits,
  }: Pick<ResolvedOptions, 'secret' | 'publicStreams' | 'authorize' | 'channels' | 'limits'>) {
    this.#signer = secret.length > 0 ? new Signer(secret) : undefined
    this.#public = publicStreams ?? secret.length === 0
    this.#authorize = authorize
    this.#answerTime = limits.answerTime
    this.channels = new Channels(channels ?? {}, limits.answerTime)
  }

  /** True if a function of the app's gets the upgrade request, which must be kept for it. */
  get needsRequest(): boolean {
    return this.asksTheApp || this.channels.any
  }

  /** True if the app decides about each subscription too (`authorize`). */
  get asksTheApp(): boolean {
    return this.#authorize !== undefined
  }

  /** What `asked`, a name or a token, gives a right to, or why it is refused. `signed`: only a token will do. Does not ask `authorize`. */
  admit(asked: string, visitor: Visitor, signed = false): Right | RejectReason {
    if (asked.length > maxAskedLength) return 'limit'
    const token = this.#signer?.verify(asked)
    const stream = token?.stream ?? asked
    if (token === undefined && signed) return asked === '' ? 'invalid' : 'unauthorized'
    if (!isStreamName(stream)) return Buffer.byteLength(stream) > maxNameBytes ? 'limit' : 'invalid'
    if (token === undefined && !holds(this.#public, stream, 'publicStreams', visitor.identity)) return 'unauthorized'
    if (token?.expires !== undefined && token.expires <= Date.now()) return 'expired'
    if (token?.subject !== undefined && token.subject !== subjectOf(visitor.identity)) return 'unauthorized'
    if (this.revoked(stream, visitor)) return 'unauthorized'
    return { stream, expires: token?.expires }
  }

  /** The app's own answer. A throw, a rejection and an answer that is too late are a no. `left` tells that the client has gone. */
  async allows(stream: string, { identity, request }: Visitor, left: AbortSignal): Promise<boolean> {
    // The request is kept whenever there is an `authorize` to be asked.
    const question = { identity, stream, request: request as UpgradeRequest }
    try {
      return (await inTime(this.#answerTime, (signal) => this.#authorize?.({ ...question, signal }), left)) === true
    } catch (error) {
      this.#sayFailed(`authorize failed for "${cutOff(stream)}", which refuses it: ${reasonOf(error)}`)
      return false
    }
  }

  /** Refuses a stream to each identity that matches, or for which `match` throws, until then or until the returned function is called. */
  revoke(stream: string, match: Match, until = Number.POSITIVE_INFINITY): () => void {
    const matches = this.#revoked.get(stream) ?? new Map<Match, number>()
    // A new function each time: the caller may revoke twice with one function, and restore once.
    const own: Match = (identity) => match(identity)
    this.#revoked.set(stream, matches.set(own, until))
    return () => {
      matches.delete(own)
      if (matches.size === 0 && this.#revoked.get(stream) === matches) this.#revoked.delete(stream)
    }
  }

  /** Whether the stream is refused to this visitor by `revoke`. */
  revoked(stream: string, { identity }: Visitor): boolean {
    for (const [match, until] of this.#revoked.get(stream) ?? []) {
      if (until > Date.now() && verdict('revoke', match, [identity], true)) return true
    }
    return false
  }
}

/** The subject of an identity, as tokens and signals name it: its `id`, or the string or number that it is itself, as text. */
export function subjectOf(identity: Identity): string | undefined {
  const subject = typeof identity === 'object' && identity !== null ? identity.id : identity
  return typeof subject === 'string' || typeof subject === 'number' || typeof subject === 'bigint'
    ? String(subject)
    : undefined
}
