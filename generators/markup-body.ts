// Puts data-controller="turbo-streams" on the <body> of a page in HTML, EJS, Eta, Handlebars or Nunjucks.

import { controller } from '../src/view/marker'
import type { MarkupLanguage } from './markup-mask'
import { maskMarkup } from './markup-mask'
import { newlineOf } from './script'

/** A body's opening tag. It has no `<` outside of quotes, so that a search ends where the next tag starts. */
export const bodyTag = /<body(?=[\s>/])(?:"[^"]*"|'[^']*'|[^<>"'])*>/gi

/** What became of the body: `manual` where a line of the author's is needed, `none` where the file has no body. */
export interface BodyResult {
  status: 'changed' | 'unchanged' | 'manual' | 'none'
  text: string
}

/** Whether this file opens the page's body. */
export function hasMarkupBody(source: string, language: MarkupLanguage): boolean {
  return maskMarkup(source, language).search(bodyTag) >= 0
}

/**
 * Adds the controller to every body tag of the file: attributes, expressions and line breaks stay.
 *
 * @example addToMarkupBody('<body data-controller="nav">', 'html').text // '<body data-controller="nav turbo-streams">'
 */
export function addToMarkupBody(source: string, language: MarkupLanguage): BodyResult {
  const masked = maskMarkup(source, language)
  let text = ''
  let done = 0
  let found = false
  for (const match of masked.matchAll(bodyTag)) {
    const end = match.index + match[0].length
    const tag = withController(source.slice(match.index, end), match[0])
    if (tag === undefined) return { status: 'manual', text: source }
    text += source.slice(done, match.index) + tag
    done = end
    found = true
  }
  text += source.slice(done)
  if (!found) return { status: 'none', text: source }
  return { status: text === source ? 'unchanged' : 'changed', text }
}

// One tag with the controller, or undefined where only its author can say what its attributes will be.
function withController(tag: string, masked: string): string | undefined {
  const attributes = [...masked.slice(5, -1).matchAll(/([^\s=>"'/]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)?)?/g)]
  const existing = attributes.find((attribute) => attribute[1]?.toLowerCase() === 'data-controller')
  if (!existing) return writesAttributes(tag, masked) ? undefined : withAttribute(tag)
  if (/<%(?![=-])|\{\{[#^]|\{%/.test(tag)) return undefined
  const start = 5 + existing.index
  const end = start + existing[0].length
  const name = tag.slice(start, start + 'data-controller'.length)
  const value = existing[2] === undefined ? '' : tag.slice(start + name.length, end).replace(/^\s*=\s*/, '')
  // What is blank in the mask but not in the tag is an expression that stands for the whole value.
  if (existing[2] !== undefined && value !== existing[2].replace(/^\s*=\s*/, '') && !/^["']/.test(value))
    return undefined
  const quote = /^["']/.exec(value)?.[0]
  const names = quote ? value.slice(1, -1) : value
  if (names.split(/\s+/).includes(controller)) return tag
  return `${tag.slice(0, start)}${name}=${quote ?? '"'}${`${names.trimEnd()} ${controller}`.trimStart()}${quote ?? '"'}${tag.slice(end)}`
}

// An expression that prints whole attributes may print a data-controller, which this file does not show.
function writesAttributes(tag: string, masked: string): boolean {
  const values = [...masked.matchAll(/=\s*(?:"[^"]*"|'[^']*')/g)]
  return [...tag.matchAll(/<%[=~-]|\{\{(?![#^/!]|else)/g)].some(
    ({ index }) => !values.some((value) => index > value.index && index < value.index + value[0].length),
  )
}

function withAttribute(tag: string): string {
  const inner = tag.slice(0, -1).replace(/\s*\/?$/, '')
  const rest = tag.slice(inner.length)
  const quote = /=\s*'/.test(inner) && !inner.includes('"') ? "'" : '"'
  const attribute = `data-controller=${quote}${controller}${quote}`
  const lastLine = inner.slice(inner.lastIndexOf('\n') + 1)
  const separator = inner.includes('\n') ? `${newlineOf(tag)}${/^[ \t]*/.exec(lastLine)?.[0] ?? ''}` : ' '
  // Behind a condition of the template the attribute would be conditional only in appearance: it goes first, plainly.
  if (/%>$|\}\}$|%\}$/.test(inner)) return `${tag.slice(0, 5)} ${attribute}${tag.slice(5)}`
  return `${inner}${separator}${attribute}${rest}`
}
