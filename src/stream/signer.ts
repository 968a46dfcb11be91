// Signed stream names. A plain one is a Rails MessageVerifier token (JSON serializer, SHA256), so a Rails app and a Node app
// can share names; one with an expiry or a subject is signed with a key of its own, so neither can pass for the other.

import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { type SignedParts, signedValue, splitSigned } from './signed-name'

/** The key of signed names: text, or bytes as `railsStreamKey()` makes them. */
export type Secret = string | Uint8Array

/** What may go into a token beside the name. */
export interface Claims {
  /** When the token ends, ms since 1970. */
  readonly expires?: number
  /** Whose token it is: only a connection with this identity may use it. */
  readonly subject?: string
}

/** What a token turned out to say. */
export interface VerifiedName extends Claims {
  readonly stream: string
}

/**
 * The key that turbo-rails derives from `secret_key_base`: PBKDF2, 1000 rounds, 64 bytes; SHA256 with `load_defaults 7.0` and
 * later, SHA1 before. Pass it as `secret` and both apps read each other's tokens.
 *
 * ```ts
 * turboCable({ secret: railsStreamKey(process.env.SECRET_KEY_BASE) })
 * ```
 *
 * Returns 64 bytes. Takes about a millisecond: call it once.
 */
export function railsStreamKey(secretKeyBase: string, digest: 'sha256' | 'sha1' = 'sha256'): Uint8Array {
  return pbkdf2Sync(secretKeyBase, 'turbo/signed_stream_verifier_key', 1_000, 64, digest)
}

interface Keys {
  readonly plain: Secret
  readonly claims: Secret
}

/** Signs names and reads them back, with one secret or several. */
export class Signer {
  // Each secret beside the key that it gives for names with claims.
  readonly #keys: readonly Keys[]

  /** The first secret signs, all verify. */
  constructor(secrets: readonly Secret[]) {
    this.#keys = secrets.map((plain) => ({ plain, claims: claimsKey(plain) }))
  }

  /** `sign('chat:2021')` → `ImNoYXQ6MjAyMSI=--f9ee45db…` (key `s3Krit`) */
  sign(stream: string, claims: Claims = {}): string {
    const [key] = this.#keys as [Keys]
    const { expires, subject } = claims
    if (expires === undefined && subject === undefined) return seal(JSON.stringify(stream), key.plain)
    return seal(JSON.stringify({ stream, expires, subject }), key.claims)
  }

  /** What a token says, or undefined when no secret signed it. Whether it has expired is for the caller to see. */
  verify(token: string): VerifiedName | undefined {
    const parts = splitSigned(token)
    if (!parts) return undefined
    for (const { plain, claims } of this.#keys) {
      if (matches(parts, plain)) return plainName(signedValue(parts.data))
      if (matches(parts, claims)) return claimedName(signedValue(parts.data))
    }
    return undefined
  }
}

function plainName(value: unknown): VerifiedName | undefined {
  return typeof value === 'string' ? { stream: value } : undefined
}

function claimedName(value: unknown): VerifiedName | undefined {
  const { stream, expires, subject } = (value ?? {}) as Record<string, unknown>
  if (typeof stream !== 'string') return undefined
  if (expires !== undefined && !Number.isSafeInteger(expires)) return undefined
  if (subject !== undefined && typeof subject !== 'string') return undefined
  return {
    stream,
    ...(expires === undefined ? {} : { expires: expires as number }),
    ...(subject === undefined ? {} : { subject }),
  }
}

// A key that Rails never signs with: an object that some Rails verifier signed with the same secret is no claim here.
function claimsKey(secret: Secret): Uint8Array {
  return createHmac('sha256', secret).update('turbo-cable/claims').digest()
}

function seal(json: string, key: Secret): string {
  const data = Buffer.from(json).toString('base64')
  return `${data}--${hmac(data, key).toString('hex')}`
}

function matches({ data, digest }: SignedParts, key: Secret): boolean {
  return timingSafeEqual(hmac(data, key), Buffer.from(digest, 'hex'))
}

function hmac(data: string, key: Secret): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
