// What every renderer does with a partial: which views it may be, what it sees, and what is said when it fails.

import { failure } from '../errors'
import type { Locals } from './renderer'

/** The views a partial may be, first choice first. `'rooms/card' // → ['rooms/_card', 'rooms/card']`, `'_card' // → ['_card']` */
export function partialCandidates(partial: string): readonly string[] {
  const start = partial.lastIndexOf('/') + 1
  if (partial.startsWith('_', start)) return [partial]
  return [`${partial.slice(0, start)}_${partial.slice(start)}`, partial]
}

/** hbs, express-handlebars and express-ejs-layouts would wrap every partial in the page's layout. */
export function partialLocals(locals: Locals): Record<string, unknown> {
  return { layout: false, ...locals }
}

/** What a template threw, under the name of its partial. */
export function renderFailure(partial: string, error: unknown): Error {
  return failure('TURBO_CABLE_RENDER_FAILED', [partial, error instanceof Error ? error.message : String(error)], error)
}

/** An engine's result, which must be a string. */
export function checkedHtml(html: unknown): string {
  if (typeof html === 'string') return html
  throw new TypeError(`the view engine gave ${html === null ? 'null' : typeof html} instead of a string`)
}
