// Who asks. Types only.

import type { Identity, UpgradeRequest } from '../options/identity'

/** Who asks: what a decision depends on. */
export interface Visitor {
  readonly identity: Identity
  readonly request: UpgradeRequest | undefined
  /** When its right to be connected ends, ms since 1970; undefined for never. */
  readonly expires?: number | undefined
  /** When it came to the door, ms since 1970. @default now */
  readonly since?: number | undefined
}
