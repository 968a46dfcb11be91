// The same for the files that the middleware serves, in place of `load.ts`: it is a file of its own.

import type { Seldom } from './load.js'

const FILE = './seldom.js'

// A browser may remember for the life of a page that a module could not be loaded, but not of another address.
export function load(attempt: number): Promise<Seldom> {
  return import(`${FILE}?${attempt}`)
}
