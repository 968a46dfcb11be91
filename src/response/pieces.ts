// The pieces of a stream response: elements that are ready, and those whose content has to be rendered first.

import { failure } from '../errors'
import { check as checked, checkNames, object } from '../options/check'
import { contentOf, type RenderOptions } from '../render/content'
import type { Locals, Renderer } from '../render/renderer'
import { type DomClass, type DomRecord, modelNames } from '../stream/dom-id'
import { isGiven } from '../turbo/content'
import { element, openingTag, type PlacementOptions, placement, type Target } from '../turbo/element'
import { streamElements, streamView } from '../turbo/stream-elements'

/** What comes beside the target: html, text, a partial or nothing, and the element's attributes. */
export interface StreamContent extends RenderOptions, Pick<PlacementOptions, 'attributes' | 'method'> {}

/** An action by its name: where it works and what it brings. */
export interface StreamActionOptions extends StreamContent, Pick<PlacementOptions, 'target' | 'targets'> {}

/** One or more elements. */
export type Piece =
  | { readonly html: string }
  | { readonly view: string; readonly locals: Locals; readonly wrap: (rendered: string) => string }

/** One element. Throws as the verbs do, at once for every misuse that can be seen without rendering. */
export function actionPiece(action: string, options: StreamActionOptions = {}): Piece {
  checkNames(checked('options', options, object), optionNames)
  const opening = openingTag(action, placement(action, options))
  const { given, html } = contentOf(action, options)
  if (html !== undefined || given.partial === undefined) return { html: element(action, opening, html) }
  const wrap = (rendered: string) => element(action, opening, rendered)
  return { view: given.partial, locals: given.locals ?? {}, wrap }
}

/** All elements of a view: `viewPiece('messages/create', { message })` renders `messages/create.turbo_stream`. */
export function viewPiece(view: string, locals: Locals = {}): Piece {
  return { view: streamView(view), locals, wrap: (rendered) => streamElements('view', rendered) }
}

/** A record as content is its partial: `messages/message` with `{ message }`. So is that of the target, where there is nothing else. */
export function contentFor(action: string, target: Target, content: StreamContent | DomRecord | undefined) {
  if (isGiven(content) && isRecord(content)) return recordContent(content)
  const isItself = action === 'replace' || action === 'update'
  if (!isGiven(content) && isItself && isRecord(target)) return recordContent(target)
  return content as StreamContent | undefined
}

/** The partial that a record is shown by, and its local. */
export function recordContent(record: DomRecord): StreamContent {
  const { partial, element: local } = modelNames(record)
  return { partial, locals: { [local]: record } }
}

/** The message: all pieces, in order and without whitespace. Rejects as the renderer does. */
export async function rendered(
  pieces: readonly Piece[],
  renderer: () => Renderer | undefined,
  shared: Locals = {},
): Promise<string> {
  const parts = pieces.map((piece) => {
    if ('html' in piece) return piece.html
    const by = renderer()
    if (!by) throw failure('TURBO_CABLE_NO_RENDERER', [piece.view])
    return by.render(piece.view, { ...shared, layout: false, ...piece.locals }).then(piece.wrap)
  })
  return (await Promise.all(parts)).join('')
}

// A class is a target (`new_message`), and not a record.
function isRecord(value: Target | StreamContent | DomRecord | DomClass): value is DomRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null
}

const optionNames = ['target', 'targets', 'attributes', 'method', 'html', 'text', 'partial', 'locals', 'render']
