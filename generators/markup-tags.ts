// Puts the script tags of turbo-cable into the head of a page in HTML, EJS, Eta, Handlebars or Nunjucks.

import { bodyTag } from './markup-body'
import { type MarkupLanguage, maskMarkup } from './markup-mask'
import { newlineOf } from './script'

const moduleScript = /<(?:script\b[^<>]*\btype\s*=\s*["']?module|link\b[^<>]*\brel\s*=\s*["']?modulepreload)/i

/** Whether the page's head ends in this file. */
export function hasMarkupHead(source: string, language: MarkupLanguage): boolean {
  return /<\/head\s*>/i.test(maskMarkup(source, language))
}

/**
 * Adds the tags at the end of the head, but before the head's first module script: browsers take an import map only
 * before modules. Without a head in this file they go to the start of the body. Undefined where there is neither.
 */
export function addMarkupTags(source: string, language: MarkupLanguage, tags: readonly string[]): string | undefined {
  const masked = maskMarkup(source, language)
  const end = masked.search(/<\/head\s*>/i)
  if (end < 0) return atBodyStart(source, masked, tags)
  const early = masked.slice(0, end).search(moduleScript)
  const at = early < 0 ? end : early
  const lineStart = source.lastIndexOf('\n', at - 1) + 1
  if (source.slice(lineStart, at).trim() !== '') return source.slice(0, at) + tags.join('') + source.slice(at)
  const indent = early < 0 ? headIndent(source, masked, end) : source.slice(lineStart, at)
  const newline = newlineOf(source)
  return source.slice(0, lineStart) + tags.map((tag) => indent + tag + newline).join('') + source.slice(lineStart)
}

/** Whether something in this page's markup already loads Turbo or sets an import map of its own. */
export function hasOwnModules(source: string, language: MarkupLanguage): boolean {
  const masked = maskMarkup(source, language)
  if (/<script\b[^<>]*(?:type\s*=\s*["']?importmap|@hotwired\/(?:turbo|stimulus))/i.test(masked)) return true
  return /<script\b[^<>]*>[^<]*@hotwired\/(?:turbo|stimulus)/i.test(source)
}

// The indentation of the head's own children: that of the first line after <head>.
function headIndent(source: string, masked: string, end: number): string {
  const open = /<head\b[^<>]*>[ \t]*\r?\n([ \t]*)(?=\S)/i.exec(masked.slice(0, end))
  const closing = /[ \t]*$/.exec(source.slice(0, end))?.[0] ?? ''
  if (open?.[1] !== undefined && !/^<\/head/i.test(masked.slice(open.index + open[0].length))) return open[1]
  return closing + (closing.includes('\t') ? '\t' : '  ')
}

function atBodyStart(source: string, masked: string, tags: readonly string[]): string | undefined {
  const [body] = masked.matchAll(bodyTag)
  if (!body) return undefined
  const at = body.index + body[0].length
  const newline = newlineOf(source)
  const indent = /[ \t]*$/.exec(source.slice(0, body.index))?.[0] ?? ''
  const unit = /\n([ \t]+)\S/.exec(source.slice(at))?.[1] ?? `${indent}  `
  return source.slice(0, at) + tags.map((tag) => newline + unit + tag).join('') + source.slice(at)
}
