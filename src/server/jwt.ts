// Who is connecting, by a JSON Web Token, which `jose` reads.

import { logger } from '../log'
import { check, checkNames, optional, text } from '../options/check'
import type { Authenticate } from '../options/identity'
import { type Claims, identityOf } from './claims'
import { loadJose } from './jose'
import { publicKeyOf, publishedKeys, secretKeys } from './jwt-keys'
import { tokenIn } from './token-in'

const debug = logger('jwt')

/** The options of `jwt()`: one of `secret`, `publicKey` and `jwksUrl`, and what narrows it. */
export interface JwtOptions {
  /** Secret(s) that tokens of HS256, HS384 and HS512 are signed with; several for rotation. */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  /** The public key of tokens of RS, PS, ES or EdDSA: PEM, or a JWK as JSON. */
  readonly publicKey?: string | undefined
  /** Where the issuer publishes its public keys. */
  readonly jwksUrl?: string | undefined
  /** What `aud` has to be or hold. @default anything */
  readonly audience?: string | undefined
  /** What `iss` has to be. @default anything */
  readonly issuer?: string | undefined
  /** The parameter of the URL that has the token. @default 'token' */
  readonly param?: string | undefined
  /** A cookie that may have it. @default none */
  readonly cookie?: string | undefined
}

/**
 * Makes an `authenticate` that lets in who has a token. Its claims are the identity, whose `id` is `sub`; at its `exp` the connection
 * ends. The token is in `?token=…`, a subprotocol `anycable-token.…`, `Authorization: Bearer`, or the cookie.
 *
 * ```ts
 * turboCable({ authenticate: jwt({ secret: process.env.JWT_SECRET, cookie: 'session' }) })
 * ```
 *
 * Needs `jose` installed.
 *
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function jwt(options: JwtOptions): Authenticate {
  checkNames(options, ['secret', 'publicKey', 'jwksUrl', 'audience', 'issuer', 'param', 'cookie'])
  const { audience, issuer, param = 'token', cookie } = options
  for (const [name, value] of Object.entries({ audience, issuer, param, cookie })) check(name, value, optional(text))
  const keys = keysOf(options)
  const wanted = { ...(audience && { audience }), ...(issuer && { issuer }) }

  let warned = false
  return async (request, { expires }) => {
    const token = tokenIn(request, { param, cookie })
    if (token === undefined) return null
    const jose = await loadJose()
    for (const { algorithms, get } of keys) {
      try {
        // Its two overloads take either kind of key.
        const { payload } = await jose.jwtVerify(token, get(jose) as never, { algorithms, ...wanted })
        warned = false
        return identityOf(payload, expires)
      } catch (error) {
        const { code = '', payload } = error as { code?: string; payload?: Claims }
        // Its signature was right, so the client may be told that it needs another one.
        if (code === 'ERR_JWT_EXPIRED' && payload) return identityOf(payload, expires)
        // Anybody may send any token: no line for the operator. That the issuer gives no keys is one, until it gives some again.
        if (!tokensFault.test(code) && !warned) {
          warned = true
          throw error
        }
        debug('refused: %s', error)
      }
    }
    return null
  }
}

const tokensFault = /^ERR_(?:JWT|JWS|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING|JWKS_MULTIPLE)/

function keysOf({ secret, publicKey, jwksUrl }: JwtOptions) {
  const given = [secret, publicKey, jwksUrl].filter((each) => each !== undefined)
  check('jwt', given.length, {
    words: 'given one of `secret`, `publicKey` and `jwksUrl`',
    holds: () => given.length === 1,
  })
  if (secret !== undefined) return secretKeys(secret)
  return publicKey === undefined ? [publishedKeys(jwksUrl as string)] : [publicKeyOf(publicKey)]
}
