// What a <turbo-stream> element brings, as HTML or as text: the rules, and which actions need any.

import { failure } from '../errors'
import { check, type Rule } from '../options/check'
import { plainString } from './helper-options'
import { escapeHtml } from './tag'

/** What an element brings. */
export interface ContentOptions {
  /** The content as HTML, put in as it is. Escape what users wrote, or give it as `text`. */
  readonly html?: string | undefined
  /** The content as text; it is escaped. */
  readonly text?: string | number | undefined
}

/** Whether an action of Turbo's own needs content; custom actions may do without. */
export function needsContent(action: string): boolean {
  return contentActions.has(action)
}

/**
 * The content as HTML; `html` goes before `text`, and an empty string is content. Undefined where there is neither, which
 * throws `TURBO_CABLE_NO_CONTENT` where the action needs one, unless the content comes from `elsewhere`.
 */
export function contentHtml(action: string, { html, text }: ContentOptions, elsewhere = false): string | undefined {
  if (isGiven(html)) return check('html', plainString(html) as string, aString)
  if (isGiven(text)) return escapeHtml(String(check('text', text, stringOrNumber)))
  if (needsContent(action) && !elsewhere) throw failure('TURBO_CABLE_NO_CONTENT', [action])
  return undefined
}

/** Neither undefined nor null: apps without types pass on what they do not have. */
export function isGiven<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null
}

const contentActions = new Set(['append', 'prepend', 'replace', 'update', 'before', 'after'])

const aString: Rule = { words: 'a string', holds: (value) => typeof value === 'string' }
const stringOrNumber: Rule = {
  words: 'a string or a number',
  holds: (value) => typeof value === 'string' || typeof value === 'number',
}
