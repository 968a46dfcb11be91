// The <turbo-frame> element, as turbo-rails' turbo_frame_tag writes it.

import { failure } from '../errors'
import { check, type Rule } from '../options/check'
import { type DomClass, type DomRecord, domId } from '../stream/dom-id'
import { plainString, viewOptions } from './helper-options'
import { type Attributes, attributeText } from './tag'

/** The attributes of a frame: Turbo's own, and any other. */
export interface TurboFrameOptions extends Attributes {
  /** Where the frame's content is loaded from. */
  readonly src?: string | null | undefined
  /** The frame that links and forms in it go to: `'_top'`, or another frame's id. */
  readonly target?: string | null | undefined
  /** `'lazy'` loads the content once the frame is seen. */
  readonly loading?: 'eager' | 'lazy' | null | undefined
}

/** What a frame's id is made of: strings and numbers, or a record and a prefix. */
export type FrameIdPart = string | number | DomRecord | DomClass

/** `turboFrameTag(…ids, options?, content?)`. */
export interface TurboFrameTag {
  /** An empty frame: `turboFrameTag('tray')`, `turboFrameTag(message, 'edit')`. */
  (...ids: [FrameIdPart, ...FrameIdPart[]]): string
  /** A frame with attributes, and with content as HTML: `turboFrameTag('tray', { target: '_top' }, '<p>hi</p>')`. */
  (id: FrameIdPart, options: TurboFrameOptions, content?: string): string
  /** The same with an id of two parts: `turboFrameTag(message, 'edit', { src })`. */
  (id: FrameIdPart, second: FrameIdPart, options: TurboFrameOptions, content?: string): string
}

/**
 * Writes a frame. It is HTML, so print it with the engine's raw tag.
 *
 * ```ts
 * turboFrameTag('tray', { src: '/t?a=1&b=2', target: '_top', loading: 'lazy' })
 * // → <turbo-frame loading="lazy" id="tray" src="/t?a=1&amp;b=2" target="_top"></turbo-frame>
 * turboFrameTag(message, 'edit', {}, '<p>hi</p>')
 * // → <turbo-frame id="edit_message_1"><p>hi</p></turbo-frame>
 * ```
 *
 * Parts of an id are joined by `_`; a record gives its `domId`, and a part after it is its prefix. The content is put in as it is.
 * Throws `TURBO_CABLE_BAD_OPTION` without an id, and `TURBO_CABLE_BAD_ATTRIBUTE`, `TURBO_CABLE_BAD_RECORD`.
 */
export const turboFrameTag: TurboFrameTag = function (this: unknown, ...given: unknown[]): string {
  const end = given.findIndex((part, index) => index > 0 && isOptions(part))
  const ids = end === -1 ? given : given.slice(0, end)
  const { options, content } = read(this, end === -1 ? [] : given.slice(end))
  if ('id' in options) {
    throw failure('TURBO_CABLE_BAD_ATTRIBUTE', ['id', "a frame's id comes first: turboFrameTag(domId('todo', row))"])
  }
  const { src, target, ...attributes } = options
  return `<turbo-frame${attributeText({ ...attributes, id: frameId(ids), src, target })}>${content}</turbo-frame>`
}

function frameId(ids: readonly unknown[]): string {
  const [first, second] = check('id', ids, someParts)
  if (typeof first !== 'object' && typeof first !== 'function') return ids.join('_')
  return domId(first as DomRecord | DomClass, second === undefined ? undefined : String(second))
}

// Where an engine's named arguments are the options, the content is one of them, or Handlebars' block.
function read(context: unknown, [given, content]: readonly unknown[]): { options: TurboFrameOptions; content: string } {
  const plain = (given ?? {}) as TurboFrameOptions
  const named = viewOptions<TurboFrameOptions & { html?: unknown }>(plain, context)
  if (named === plain) return { options: plain, content: text(content) }
  const { html, ...options } = named
  return { options, content: text(html ?? content) }
}

function text(content: unknown): string {
  return check('content', (plainString(content) ?? '') as string, aString)
}

function isOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const aString: Rule = { words: 'a string of HTML', holds: (value) => typeof value === 'string' }
const isPart = (part: unknown) => typeof part === 'number' || (typeof part === 'string' && part !== '')
const someParts: Rule = {
  words: "strings and numbers, or a record and a prefix: turboFrameTag('tray'), turboFrameTag(message, 'edit')",
  holds: (ids) => {
    const [first, ...rest] = ids as unknown[]
    const isRecord = (typeof first === 'object' && first !== null) || typeof first === 'function'
    return (isPart(first) || (isRecord && rest.length < 2)) && rest.every(isPart)
  },
}
