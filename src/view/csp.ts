// cable.csp(): what a Content-Security-Policy has to allow for a page of turboCableTags().

import { createHash } from 'node:crypto'
import { importMap, type TagsOptions } from './tags'

/** Sources for two directives of a Content-Security-Policy, named as helmet names them. A type, because helmet takes no interface. */
export type CspSources = {
  /** `script-src`: the own origin, and the import map by its hash. */
  readonly scriptSrc: string[]
  /** `connect-src`: the own origin, whose WebSockets `'self'` includes. */
  readonly connectSrc: string[]
}

/**
 * Returns the sources that a page of `turboCableTags()` needs. The import map is an inline script, and its hash stays the same as
 * long as the cable's URL does.
 *
 * ```ts
 * app.use(cable)
 * app.use(helmet({ contentSecurityPolicy: { directives: cable.csp() } }))
 * // cable.csp() → { scriptSrc: ["'self'", "'sha256-…'"], connectSrc: ["'self'"] }
 * ```
 *
 * Call it after `app.use(path, cable)`, which says where the cable is, or give the `url` that you give `turboCableTags({ url })`.
 */
export type Csp = (options?: Pick<TagsOptions, 'url'>) => CspSources

/** Makes the helper for a cable whose URL is `url()`. */
export function createCsp(url: () => string): Csp {
  return (options = {}) => cspSources(options.url ?? url())
}

/** The sources of a page whose cable is at `base`. */
export function cspSources(base?: string): CspSources {
  const hash = createHash('sha256').update(importMap(base)).digest('base64')
  return { scriptSrc: ["'self'", `'sha256-${hash}'`], connectSrc: ["'self'"] }
}
