// What a broadcast brings: of html, text and partial the first that is given, or nothing. The rule stands here alone.

import { check, isText, namesAndValues, type Rule } from '../options/check'
import { type ContentOptions, contentHtml, isGiven } from '../turbo/content'
import type { Locals } from './renderer'

/** The contents of a broadcast: of html, text and partial the first that is given counts, in this order. */
export interface RenderOptions extends ContentOptions {
  /** The view to render: `'messages/message'` is `messages/_message`, or `messages/message` where there is none. */
  readonly partial?: string | undefined
  /** What the partial sees: `{ message }`. */
  readonly locals?: Locals | undefined
  /** `false` sends an empty body. */
  readonly render?: boolean | undefined
}

/** The content that counts, checked: as it was given, and as HTML where nothing has to be rendered for it. */
export interface Content {
  readonly given: Pick<RenderOptions, 'html' | 'text' | 'partial' | 'locals'>
  readonly html: string | undefined
}

/** Throws `TURBO_CABLE_NO_CONTENT` where the action needs content and gets none, and `TURBO_CABLE_BAD_OPTION`. */
export function contentOf(action: string, options: RenderOptions): Content {
  if (options.render === false) return { given: {}, html: undefined }
  const { text, partial, locals } = options
  const html = contentHtml(action, options, isGiven(partial))
  if (html !== undefined) return { given: isGiven(options.html) ? { html } : { text }, html }
  if (!isGiven(partial)) return { given: {}, html }
  check('partial', partial, aView)
  if (locals !== undefined) check('locals', locals, namesAndValues)
  return { given: { partial, locals }, html }
}

const aView: Rule = { words: "a view's name", holds: isText }
