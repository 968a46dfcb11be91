// What is said of somebody, by the claims of a token or by the answer of the app: the same words in both.

import type { Identity } from '../options/identity'

/** Claims, as JWT names them. Whatever else is in them stays in the identity. */
export interface Claims {
  /** Whose they are; becomes the identity's `id`. */
  readonly sub?: unknown
  /** The same, where there is no `sub`. */
  readonly id?: unknown
  /** AnyCable's: a JSON text that names a connection. It is the `id` where there is neither of these. */
  readonly ext?: unknown
  /** When the right ends, seconds since 1970. */
  readonly exp?: unknown
  /** Plain names of the streams that their holder may subscribe to. */
  readonly streams?: unknown
  readonly [name: string]: unknown
}

/** The identity that claims make: they themselves, with their subject as `id`. `{ sub: '7' }` → `{ sub: '7', id: '7' }` */
export function identityOf(claims: Claims, expires: (at: number) => void): Identity {
  const { sub, id, ext, exp } = claims
  if (typeof exp === 'number') expires(exp * 1_000)
  return { ...claims, id: sub ?? id ?? ext }
}

/** Whether the claims of an identity name this stream. The names are taken as they are: none stands for several. */
export function claimsStream(identity: Identity, stream: string): boolean {
  const { streams } = (identity ?? {}) as Claims
  return Array.isArray(streams) && streams.includes(stream)
}
