// Text that is whole <turbo-stream> elements: of a view, or written by hand. Joined as Turbo needs them.

import { check, isText, type Rule } from '../options/check'

/**
 * The elements without whitespace around or between them, which Turbo would leave in the page for ever.
 *
 * ```ts
 * streamElements('view', '\n<turbo-stream …></turbo-stream>\n<turbo-stream …></turbo-stream>\n')
 * // → '<turbo-stream …></turbo-stream><turbo-stream …></turbo-stream>'
 * ```
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for what neither begins nor ends as an element. Nothing is no element, and fine.
 */
export function streamElements(name: string, html: string): string {
  const trimmed = check(name, html, aString).trim()
  if (trimmed === '') return ''
  return check(name, trimmed, elements).replace(/<\/turbo-stream>\s+(?=<turbo-stream[\s>])/g, '</turbo-stream>')
}

/**
 * The name of a view whose text is elements.
 *
 * ```ts
 * streamView('messages/create') // → 'messages/create.turbo_stream'; a name that says so already stays as it is
 * ```
 */
export function streamView(view: string): string {
  return check('view', view, aName).includes('.turbo_stream') ? view : `${view}.turbo_stream`
}

const aName: Rule = { words: "a view's name", holds: isText }
const aString: Rule = { words: 'a string', holds: (value) => typeof value === 'string' }
const elements: Rule = {
  words: '<turbo-stream> elements and nothing else',
  holds: (value) => /^<turbo-stream[\s>]/.test(value as string) && (value as string).endsWith('</turbo-stream>'),
}
