// A stream's name with a right to it: signed, for a time or for somebody. What `turboStreamFrom()` prints in place of a name.

import { failure } from '../errors'
import { check, positiveTime, type Rule } from '../options/check'
import { type Streamable, streamName } from './name'
import type { Signer } from './signer'

/** The options of `signedStream()`: how long the right to a stream lasts, and whose it is. */
export interface SignOptions {
  /** How long the right lasts, ms. @default for ever */
  readonly expiresIn?: number
  /** Whose right it is: compared to the identity of the connection, or to its `id`. @default whoever has the token */
  readonly subject?: string | number
}

/** A signed name, for `turboStreamFrom()`; as a string it is the token. */
export class SignedStream {
  /** The name and its signature, as the page asks for it: `ImNoYXQ6MjAyMSI=--f9ee45db…` */
  readonly token: string

  /** Made by `signedStream()`. */
  constructor(token: string) {
    this.token = token
  }

  /** The token. */
  toString(): string {
    return this.token
  }
}

/**
 * Signs a stream's name, for a time or for somebody: `signedStream(['room', 7], { expiresIn: 3_600_000, subject: user.id })`.
 * Throws `TURBO_CABLE_NO_SECRET` where the cable has no secret, `TURBO_CABLE_BAD_STREAM` and `TURBO_CABLE_BAD_OPTION`.
 */
export type SignStream = (streamables: Streamable, options?: SignOptions) => SignedStream

/** Makes the `signedStream()` of a cable. Without options its token is a plain Rails one. */
export function createSignedStream(signer: Signer | undefined): SignStream {
  return (streamables, given = {}) => {
    // Handlebars hands its helpers an object with the named arguments under `hash`.
    const options = (given as { hash?: SignOptions }).hash ?? given
    const { expiresIn, subject } = options
    const name = streamName(streamables)
    if (!signer) throw failure('TURBO_CABLE_NO_SECRET', [name])
    // A subject that turns out to be nobody (`user?.id`) must not become a token for everybody.
    if ('subject' in options) check('subject', subject, somebody)
    if (expiresIn !== undefined) check('expiresIn', expiresIn, positiveTime)
    const expires = expiresIn === undefined ? {} : { expires: Math.floor(Date.now() + expiresIn) }
    return new SignedStream(
      signer.sign(name, { ...expires, ...(subject === undefined ? {} : { subject: String(subject) }) }),
    )
  }
}

const somebody: Rule = {
  words: 'a non-empty string or a number',
  holds: (subject) => subject !== undefined && subject !== null && subject !== '' && !Number.isNaN(subject),
}
