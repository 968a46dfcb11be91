// The keys that tokens are verified with, each with the algorithms that it is for. A token's own word for its algorithm chooses among
// these and can add none: not `none`, and not an HMAC of a public key.

import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { check, isText, kindOf, notShown, type Rule } from '../options/check'
import type { Jose } from './jose'
import { url as urlRule } from './table'

/** One key. */
export interface JwtKey {
  readonly algorithms: string[]
  /** The key itself, or what finds the issuer's one for a token. */
  readonly get: (jose: Jose) => KeyObject | ReturnType<Jose['createRemoteJWKSet']>
}

const hmac = ['HS256', 'HS384', 'HS512']
const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const byCurve: Readonly<Record<string, string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}

/** How long the issuer may take to give its keys, ms. */
const keysTime = 5_000

/** `secretKeys('s3Krit')`, or several of which any will do. */
export function secretKeys(secret: unknown): JwtKey[] {
  return [check('secret', secret, secretRule)].flat().map((each) => {
    const key = createSecretKey(Buffer.from(each as string))
    return { algorithms: hmac, get: () => key }
  })
}

/** The key of PEM, or of a JWK as JSON. */
export function publicKeyOf(text: string): JwtKey {
  const key = read(text)
  const algorithms = key && algorithmsOf(key)
  check('publicKey', algorithms, publicKeyRule)
  return { algorithms: algorithms as string[], get: () => key as KeyObject }
}

/** The keys that an issuer publishes, which are kept for ten minutes. */
export function publishedKeys(url: string): JwtKey {
  let remote: ReturnType<Jose['createRemoteJWKSet']> | undefined
  const at = new URL(check('jwksUrl', url, urlRule))
  return {
    algorithms: [...rsa, ...Object.values(byCurve).flat(), 'EdDSA', 'Ed25519'],
    get(jose) {
      remote ??= jose.createRemoteJWKSet(at, { timeoutDuration: keysTime })
      return remote
    },
  }
}

function read(text: string): KeyObject | undefined {
  try {
    return text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
      : createPublicKey(text)
  } catch {
    return undefined
  }
}

function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string[] | undefined {
  if (type === 'rsa') return rsa
  if (type === 'rsa-pss') return rsa.slice(3)
  if (type === 'ed25519') return ['EdDSA', 'Ed25519']
  return byCurve[details?.namedCurve ?? '']
}

// What is public lets everybody sign.
const isSecret = (value: unknown) =>
  (isText(value) && !value.includes('-----BEGIN')) || (value instanceof Uint8Array && value.length > 0)
const secretRule: Rule = {
  words: 'a non-empty string or bytes, or an array of these, and no PEM (a public key is `publicKey`)',
  holds: (value) => [value].flat().length > 0 && [value].flat().every(isSecret),
  shown: kindOf,
}
const publicKeyRule: Rule = {
  words: 'a public key as PEM or JWK: RSA, EC (P-256, P-384, P-521) or Ed25519',
  holds: (value) => value !== undefined,
  shown: notShown,
}
