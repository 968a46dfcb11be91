// A page that has lost messages is behind until a response shows that it is not. What goes and gets such a response is loaded when
// a page first needs it (`seldom.ts`), which most never do; until then the page stays behind.

import { backoff } from './backoff.js'
import { emit } from './emit.js'
import { navigator } from './from-turbo.js'
import { load, type Seldom } from './load.js'
import { watchParts } from './parts.js'
import { behind, older } from './protocol.js'

// For how long the file with the rest is waited for: a network that is just coming back may swallow what is asked for.
const PATIENCE = 10_000
/** Over how many milliseconds pages spread their refresh, where the server does not say. */
const SPREAD = 2_000

let loaded: Seldom | undefined
let attempt = 0
/** Where the page has to be to be behind no longer: `''` is anywhere, undefined is that nothing is missing. */
let wanted: string | undefined
let timer: unknown

watchParts(({ root, age }) => {
  // A page of another address counts too; that of a server that has failed does not.
  const failed = (navigator.currentVisit?.response?.statusCode as number) >= 500
  if (root.parentElement || failed || (age && wanted && behind(age, wanted))) return
  wanted = timer = void clearTimeout(timer as number)
})

/** Announces that the page misses something of `stream`, and refreshes it within `spread` milliseconds unless told not to. */
export function gap(stream: string, spread = SPREAD, cursor?: string): void {
  if (emit('turbo-cable:gap', { stream }, document, true)) fallBehind(Math.random() * spread, cursor)
}

/**
 * Refreshes the page after `wait` milliseconds, and again until it is as new as `cursor`: once, however many ask for it. `anew`
 * counts the milliseconds from now, whoever has asked before.
 */
export function fallBehind(wait: number, cursor = '', anew = !timer): void {
  if (!wanted || !older(cursor, wanted)) wanted = cursor || wanted || ''
  if (anew) later(wait)
}

/** Is a page wanted that has not come? The one that there is may then not say that it has everything. */
export function isBehind(): boolean {
  return wanted !== undefined
}

/** What a page seldom needs. Rejects if it cannot be loaded now; who asks again has it loaded again. */
export async function seldom(): Promise<Seldom> {
  if (loaded) return loaded
  const found = await load(attempt++)
  // Another that was asked for before may have come meanwhile.
  if (!loaded) {
    loaded = found
    loaded.activate()
  }
  return loaded
}

function later(wait: number): void {
  clearTimeout(timer as number)
  timer = setTimeout(catchUp, wait)
}

async function catchUp(): Promise<void> {
  later(PATIENCE)
  try {
    const { refresh } = await seldom()
    timer = void clearTimeout(timer as number)
    refresh(() => wanted)
  } catch {
    later(backoff(attempt))
  }
}
