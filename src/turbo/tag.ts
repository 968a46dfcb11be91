// HTML tags and their attributes, written as Rails' tag helper writes them. The only place where HTML is escaped.

import escapeText from 'escape-html'
import { failure } from '../errors'

/**
 * The value of an attribute:
 * - null and undefined: the attribute is left out
 * - a boolean: `hidden="hidden"` or nothing for the boolean attributes of HTML, else `foo="true"`, `foo="false"`
 * - a string or a number: as it is; an array: joined by spaces
 * - a plain object: `{ data: { userId… } }` gives `data-…` for each key; for `class`, the keys whose value is truthy
 */
export type AttributeValue = string | number | bigint | boolean | object | null | undefined

/** Attribute names and values, written in the order given. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** Escapes text for HTML content and attribute values. `escapeHtml("<'&\">") // → "&lt;&#39;&amp;&quot;&gt;"` */
export function escapeHtml(text: string): string {
  return escapeText(text)
}

/**
 * The attributes as text, each with a space before it, as Rails' `tag_options` writes them.
 *
 * ```ts
 * attributeText({ id: 'a"b', hidden: true, title: null })  // → ' id="a&quot;b" hidden="hidden"'
 * attributeText({ data: { frame_id: 7, tags: ['a'] } })    // → ' data-frame-id="7" data-tags="[&quot;a&quot;]"'
 * attributeText({ class: { on: true, off: false } })       // → ' class="on"'
 * ```
 *
 * Characters that no name may have become `_`. Throws `TURBO_CABLE_BAD_ATTRIBUTE` for an empty name, a name given twice
 * (a parser would keep the first and drop the second in silence), and functions or symbols as values.
 */
export function attributeText(attributes: Attributes): string {
  const seen = new Set<string>()
  let text = ''
  for (const [key, value] of pairs(attributes)) {
    const name = attributeName(key)
    if (seen.has(name.toLowerCase())) throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [key, 'it is given twice'])
    seen.add(name.toLowerCase())
    text += ` ${name}="${escapeHtml(value)}"`
  }
  return text
}

/** The same attributes, each as the text that is printed. `printedAttributes({ data: { id: 7 } }) // → { 'data-id': '7' }` */
export function printedAttributes(attributes: Attributes): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs(attributes))
}

// Rails' list (ActionView::Helpers::TagHelper).
const booleanAttributes = new Set(
  `allowfullscreen allowpaymentrequest async autofocus autoplay checked compact controls declare default defaultchecked
  defaultmuted defaultselected defer disabled enabled formnovalidate hidden indeterminate inert ismap itemscope loop
  multiple muted nohref nomodule noresize noshade novalidate nowrap open pauseonexit playsinline readonly required
  reversed scoped seamless selected sortable truespeed typemustmatch visible`.split(/\s+/),
)

// What XML allows in a name (https://www.w3.org/TR/REC-xml/#NT-Name), plus "@" for the sake of Alpine and Vue, as in Rails.
const nameStart =
  '@:A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const notAtStart = new RegExp(`^[^${nameStart}]`, 'u')
const notInName = new RegExp(`[^${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]`, 'gu')

function attributeName(key: string): string {
  if (key.trim() === '') throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [key, 'it is blank'])
  return key.replace(notAtStart, '_').replace(notInName, '_')
}

function* pairs(attributes: Attributes): Generator<[key: string, value: string]> {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue
    if (booleanAttributes.has(key)) {
      if (value !== false) yield [key, key]
    } else if (key === 'class' && typeof value === 'object') {
      yield [key, tokens(value).join(' ')]
    } else if (isPlainObject(value)) {
      yield* nestedPairs(key, value)
    } else if (Array.isArray(value)) {
      yield [
        key,
        value
          .flat(Number.POSITIVE_INFINITY)
          .map((item) => printed(key, item ?? ''))
          .join(' '),
      ]
    } else {
      yield [key, printed(key, value)]
    }
  }
}

// { data: { a_b: [1] } } → data-a-b="[1]": strings as they are, all else as JSON; aria takes lists of words instead.
function* nestedPairs(prefix: string, values: Record<string, unknown>): Generator<[key: string, value: string]> {
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue
    const name = `${prefix}-${key.replaceAll('_', '-')}`
    if (prefix === 'aria' && typeof value === 'object') {
      const words = tokens(value)
      if (words.length > 0) yield [name, words.join(' ')]
    } else {
      yield [name, typeof value === 'string' ? value : (json(name, value) ?? printed(name, value))]
    }
  }
}

function tokens(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(tokens)
  if (isPlainObject(value)) return Object.keys(value).filter((key) => key !== '' && value[key])
  return value === null || value === undefined || value === false || value === '' ? [] : [String(value)]
}

// These characters as Rails' to_json writes them.
function json(name: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value)?.replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  } catch (cause) {
    throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [name, 'JSON cannot hold its value'], cause)
  }
}

function printed(name: string, value: unknown): string {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [name, `its value is a ${typeof value}`])
  }
  if (typeof value === 'object' && value?.toString === Object.prototype.toString) {
    throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [name, 'its value is an object that does not print itself'])
  }
  return String(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
