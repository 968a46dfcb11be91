// `jose`, which is loaded when the first token comes, or when a server starts that takes some: only who takes tokens has to have it installed.

import { neededModule } from '../options/installed'

/** What is used of it. */
export type Jose = typeof import('jose', { with: { 'resolution-mode': 'import' }})

let loading: Promise<Jose> | undefined

/**
 * Loads it, once.
 * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED
 */
export function loadJose(): Promise<Jose> {
  loading ??= neededModule<Jose>('jose', 'a JSON Web Token')
  return loading
}
