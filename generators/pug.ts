// Puts data-controller="turbo-streams" on the `body` of a Pug layout, and turboCableTags() into its `head`.

import { controller } from '../src/view/marker'
import type { BodyResult } from './markup-body'
import { newlineOf } from './script'

interface Line {
  start: number
  text: string
  indent: string
  /** False inside comments, filters and text blocks. */
  code: boolean
}

// What is deeper than such a line is text: comments, filters, code blocks, and tags that end in a dot.
const textBlock = /^(?:\/\/|:|-$|[\w.#:-]*(?:\(.*\))?\.$|\)\.$)/

/** Whether this file opens the page's body. */
export function hasPugBody(source: string): boolean {
  return tagLine(source, 'body') !== undefined
}

/** Whether the page's head is in this file. */
export function hasPugHead(source: string): boolean {
  return tagLine(source, 'head') !== undefined
}

/**
 * Adds the controller to every `body` of the file.
 *
 * @example addToPugBody('body.home\n').text // 'body.home(data-controller="turbo-streams")\n'
 */
export function addToPugBody(source: string): BodyResult {
  const lines = tagLines(source, 'body')
  if (lines.length === 0) return { status: 'none', text: source }
  let text = source.slice(0, lines[0]?.start)
  for (const [index, { start, indent }] of lines.entries()) {
    const part = source.slice(start, lines[index + 1]?.start)
    const name = /^body(?:[.#][\w-]+)*/.exec(part.slice(indent.length))?.[0] ?? ''
    const after = withController(part, indent.length + name.length)
    if (after === undefined) return { status: 'manual', text: source }
    text += after
  }
  return { status: text === source ? 'unchanged' : 'changed', text }
}

/** Adds a line as the last child of `head`, or the first child of `body`; undefined where neither has a safe place. */
export function addPugLine(source: string, code: string): string | undefined {
  const newline = newlineOf(source)
  const lines = pugLines(source)
  const head = tagLine(source, 'head')
  const parent = head ?? tagLine(source, 'body')
  if (!parent) return undefined
  const index = lines.findIndex(({ start }) => start === parent.start)
  const depth = parent.indent.length
  let last = opening(lines, index, source)
  if (last === undefined) return undefined
  const first = lines.slice(last + 1).find(({ text }) => text.trim() !== '')
  const deeper = first && first.indent.length > depth
  const indent = deeper ? first.indent : parent.indent + unitOf(lines)
  if (head && deeper) {
    for (let at = last + 1; at < lines.length; at++) {
      const line = lines[at] as Line
      if (line.text.trim() === '') continue
      if (line.indent.length <= depth) break
      // An import map counts only before the first module.
      if (line.code && /^script\b.*\btype\s*=\s*["']module/.test(line.text.trim())) break
      last = at
    }
  }
  const line = lines[last] as Line
  const end = line.start + line.text.length
  return `${source.slice(0, end)}${newline}${indent}${code}${source.slice(end)}`
}

// The line on which the tag's own attributes end, or undefined where its content stands beside it.
function opening(lines: Line[], index: number, source: string): number | undefined {
  const line = lines[index] as Line
  const name = /^[\w-]+(?:[.#][\w-]+)*/.exec(line.text.slice(line.indent.length))?.[0] ?? ''
  let at = line.start + line.indent.length + name.length
  if (source[at] === '(') at = attributesEnd(source, at) ?? source.length
  const rest = source.slice(at, source.indexOf('\n', at) < 0 ? undefined : source.indexOf('\n', at)).trim()
  if (rest !== '' && !rest.startsWith('&')) return undefined
  return lines.findLastIndex(({ start }) => start <= at)
}

function tagLine(source: string, name: string): Line | undefined {
  return tagLines(source, name)[0]
}

function tagLines(source: string, name: string): Line[] {
  const tag = new RegExp(`^[ \\t]*${name}(?=[\\s.#(:=!&]|$)`)
  return pugLines(source).filter(({ code, text }) => code && tag.test(text))
}

function pugLines(source: string): Line[] {
  const lines: Line[] = []
  let start = 0
  let textDepth = Number.POSITIVE_INFINITY
  for (const raw of source.split('\n')) {
    const text = raw.replace(/\r$/, '')
    const indent = /^[ \t]*/.exec(text)?.[0] ?? ''
    const blank = text.trim() === ''
    if (!blank && indent.length <= textDepth) textDepth = Number.POSITIVE_INFINITY
    const code = !blank && textDepth === Number.POSITIVE_INFINITY
    if (code && textBlock.test(text.trim())) textDepth = indent.length
    lines.push({ start, text, indent, code: code && !text.trim().startsWith('//') })
    start += raw.length + 1
  }
  return lines
}

// Adds to the attributes that open at this place, or opens some; undefined for a computed data-controller.
function withController(source: string, at: number): string | undefined {
  const attribute = `data-controller="${controller}"`
  if (source[at] !== '(') return `${source.slice(0, at)}(${attribute})${source.slice(at)}`
  const end = attributesEnd(source, at)
  if (end === undefined) return undefined
  const inner = source.slice(at + 1, end - 1)
  const existing = /(^|[\s,])(["']?)data-controller\2\s*!?=\s*/.exec(inner)
  if (existing) {
    const valueAt = at + 1 + existing.index + existing[0].length
    const value = /^(["'])([^"'\\]*)\1(?=\s*(?:,|\)|[\w"'@:-]|$))/.exec(source.slice(valueAt, end))
    if (!value) return undefined
    if ((value[2] ?? '').split(/\s+/).includes(controller)) return source
    const close = valueAt + value[0].length - 1
    return `${source.slice(0, close)}${value[2] ? ' ' : ''}${controller}${source.slice(close)}`
  }
  const trimmed = inner.trimEnd()
  const quote = trimmed.includes("'") && !trimmed.includes('"') ? "'" : '"'
  const comma = trimmed === '' || trimmed.endsWith(',') ? '' : ','
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1)
  const separator = trimmed.includes('\n')
    ? `${newlineOf(source)}${/^[ \t]*/.exec(lastLine)?.[0] ?? ''}`
    : trimmed === ''
      ? ''
      : ' '
  const insertAt = at + 1 + trimmed.length
  return `${source.slice(0, insertAt)}${comma}${separator}${attribute.replace(/"/g, quote)}${source.slice(insertAt)}`
}

// The place after the bracket that closes the one at this place, by brackets and strings.
function attributesEnd(source: string, open: number): number | undefined {
  let depth = 0
  let quote = ''
  for (let at = open; at < source.length; at++) {
    const char = source[at] ?? ''
    if (quote !== '') {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if ('"\'`'.includes(char)) quote = char
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return at + 1
  }
  return undefined
}

function unitOf(lines: Line[]): string {
  return lines.find(({ indent }) => indent !== '')?.indent ?? '  '
}
