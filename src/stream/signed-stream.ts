// A stream's name with a right to it: signed, for a time or for somebody. What `turboStreamFrom()` prints in place of a name.

import { failure } from '../errors'
import { type Streamable, streamName } from './name'
import type { Signer } from './signer'

export interface SignOptions {
  /** How long the right lasts, ms. @default for ever */
  readonly expiresIn?: number
  /** Whose right it is: compared to the identity of the connection, or to its `id`. @default whoever has the token */
  readonly subject?: string | number
}

/** A signed name; as a string it is the token. */
export class SignedStream {
  readonly token: string

  constructor(token: string) {
    this.token = token
  }

  toString(): string {
    return this.token
  }
}

export type SignStream = (streamables: Streamable, options?: SignOptions) => SignedStream

/**
 * Makes `signedStream()`: `turboStreamFrom(signedStream(['room', 7], { expiresIn: 3_600_000, subject: user.id }))`.
 * Without options the token is a plain Rails one. Throws `TURBO_CABLE_NO_SECRET`, `TURBO_CABLE_BAD_STREAM` and
 * `TURBO_CABLE_BAD_OPTION`.
 */
export function createSignedStream(signer: Signer | undefined): SignStream {
  return (streamables, given = {}) => {
    // Handlebars hands its helpers an object with the named arguments under `hash`.
    const options = (given as { hash?: SignOptions }).hash ?? given
    const { expiresIn, subject } = options
    const name = streamName(streamables)
    if (!signer) throw failure('TURBO_CABLE_NO_SECRET', [name])
    // A subject that turns out to be nobody (`user?.id`) must not become a token for everybody.
    if ('subject' in options && !names(subject)) {
      throw failure('TURBO_CABLE_BAD_OPTION', ['subject', 'a non-empty string or a number', subject])
    }
    if (expiresIn !== undefined && !(Number.isFinite(expiresIn) && expiresIn > 0)) {
      throw failure('TURBO_CABLE_BAD_OPTION', ['expiresIn', 'a number of milliseconds > 0', expiresIn])
    }
    const expires = expiresIn === undefined ? {} : { expires: Math.floor(Date.now() + expiresIn) }
    return new SignedStream(
      signer.sign(name, { ...expires, ...(subject === undefined ? {} : { subject: String(subject) }) }),
    )
  }
}

function names(subject: unknown): boolean {
  return subject !== undefined && subject !== null && subject !== '' && !Number.isNaN(subject)
}
