// What the doctor finds. Types only.

import type { Signer } from '../../stream/signer'
import type { Mend } from './mends'

/** One thing that was looked at. */
export interface Finding {
  /** `ok`, `bad`, or `open`: it could not be told from here. */
  readonly kind: 'ok' | 'bad' | 'open'
  readonly text: string
  /** What mends it. */
  readonly mend?: Mend
}

/** Where to look, and with what. */
export interface Patient {
  /** `https://example.com/cable` */
  readonly url: URL
  /** Where broadcasts are taken, as seen from outside. */
  readonly broadcastUrl: URL
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>
  /** A name or a token that may be subscribed to; by default a name that nobody uses. */
  readonly stream: string | undefined
  /** Signs a name, where the secret may be used. */
  readonly signer: Signer | undefined
}
