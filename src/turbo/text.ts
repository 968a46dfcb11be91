// A text that grows in pages: the elements that it travels in, written and read. All of them name their run, one reading of one
// source from its start: what is added goes into an element that the start of the same run has made, so that a page without the
// start shows nothing rather than the rest.

import { element, openingTag } from './element'
import { escapeHtml } from './tag'

const attribute = 'data-text-stream'

/** How the message of a text begins. */
export const textMessageStart = `<turbo-stream ${attribute}="`

/** What one message of a text says. */
export interface TextMessage {
  readonly run: string
  readonly kind: 'start' | 'piece' | 'end'
  /** The element that it is shown in, escaped; of a start alone. */
  readonly target?: string | undefined
  readonly html: string
}

/**
 * What is in the target: the text, and while it grows an empty element after it, for a caret or the like.
 *
 * ```ts
 * textHtml('text-1', 'Hel', true) // → <span id="text-1">Hel</span><span id="text-1-live" data-text-stream-live></span>
 * ```
 */
export function textHtml(run: string, html: string, live: boolean): string {
  return `<span id="${run}">${html}</span>${live ? liveHtml(run) : ''}`
}

/** Empties the target and begins the text anew, with what it has so far. */
export function textStart(run: string, target: string, html = ''): string {
  return written(run, 'update', target, textHtml(run, html, true))
}

/** Adds to the text. */
export function textPiece(run: string, html: string): string {
  return written(run, 'append', run, html)
}

/** Ends the text. Where `whole` is given, it is put into those targets that lack the text. */
export function textEnd(run: string, target: string, whole?: string): string {
  const end = written(run, 'remove', `${run}-live`)
  if (whole === undefined) return end
  const targets = `[id="${target.replace(/["\\]/g, '\\$&')}"]:not(:has(> [id="${run}"]))`
  return end + element('update', openingTag('update', { targets }), textHtml(run, whole, false))
}

/** Reads what the functions above have written; undefined for any other message. */
export function readText(message: string): TextMessage | undefined {
  const [, run = '', action, target, html = ''] = form.exec(message) ?? []
  if (action === 'append') return { run, kind: 'piece', html }
  if (action === 'remove') return { run, kind: 'end', html: '' }
  const [before, after] = [`<span id="${run}">`, `</span>${liveHtml(run)}`]
  if (action !== 'update' || !html.startsWith(before) || !html.endsWith(after)) return undefined
  return { run, kind: 'start', target, html: html.slice(before.length, -after.length) }
}

const form =
  /^<turbo-stream data-text-stream="([\w-]+)" action="(update|append|remove)" target="([^"]*)">(?:<template>(.*)<\/template>)?<\/turbo-stream>/s

function written(run: string, action: string, target: string, html?: string): string {
  return element(action, openingTag(action, { target, attributes: { [attribute]: run } }), html)
}

function liveHtml(run: string): string {
  return `<span id="${run}-live" ${attribute}-live></span>`
}

/** A target as it stands in a message. */
export function writtenTarget(target: string): string {
  return escapeHtml(target)
}
