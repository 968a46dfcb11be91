// The pieces of a <turbo-stream> element: its opening tag with every check, its content, and the two put together.

import { failure } from '../errors'
import { type DomClass, type DomRecord, domId } from '../stream/dom-id'
import { type Attributes, attributeText, escapeHtml } from './tag'

/** The element an action works on: its id, or the record whose `domId` it has. */
export type Target = string | number | DomRecord | DomClass

/** The elements an action works on: a CSS selector, or the record whose `domId` makes one. */
export type Targets = string | DomRecord | DomClass

/** Where an action works, and what its element says about it. */
export interface PlacementOptions {
  /** One element, by id. Wins over `targets`. */
  readonly target?: Target | undefined
  /** Every element that a CSS selector finds. */
  readonly targets?: Targets | undefined
  /** Extra attributes of the element. `action`, `target` and `targets` are refused here. */
  readonly attributes?: Attributes | undefined
  /** `'morph'` lets replace and update (and refresh) change only what differs. */
  readonly method?: 'morph' | undefined
}

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

const contentActions = new Set(['append', 'prepend', 'replace', 'update', 'before', 'after'])
const emptyActions = new Set(['remove', 'refresh'])

/** `<turbo-stream …>` with all its checks, so that misuse shows before anything is rendered. */
export function openingTag(action: string, options: PlacementOptions): string {
  if (typeof action !== 'string' || action === '') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['action', 'a non-empty string', action])
  }
  const target = targetId(options.target)
  const targets = target === undefined ? targetSelector(options.targets) : undefined
  if (target === undefined && targets === undefined && (needsContent(action) || action === 'remove')) {
    throw failure('TURBO_CABLE_NO_TARGET', [action])
  }
  return `<turbo-stream${attributeText({ ...extraAttributes(options), action, target, targets })}>`
}

/** The whole element; remove and refresh never have a template, all others always do. */
export function element(action: string, opening: string, content: string | undefined): string {
  const template = emptyActions.has(action) ? '' : `<template>${content ?? ''}</template>`
  return `${opening}${template}</turbo-stream>`
}

/** The content as HTML, or undefined where neither `html` nor `text` is given. An empty string is content. */
export function contentText({ html, text }: ContentOptions): string | undefined {
  if (html !== undefined && html !== null) {
    if (typeof html !== 'string') throw failure('TURBO_CABLE_BAD_OPTION', ['html', 'a string', html])
    return html
  }
  if (text === undefined || text === null) return undefined
  if (typeof text !== 'string' && typeof text !== 'number') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['text', 'a string or a number', text])
  }
  return escapeHtml(String(text))
}

/** The id a target stands for, or undefined for none. */
export function targetId(target: Target | null | undefined): string | undefined {
  if (target === undefined || target === null || target === '') return undefined
  if (typeof target === 'string') return target
  if (typeof target === 'number' && Number.isFinite(target)) return String(target)
  if (typeof target === 'object' || typeof target === 'function') return domId(target)
  throw failure('TURBO_CABLE_BAD_OPTION', ['target', "an element's id or a record", target])
}

/** The selector that targets stand for, or undefined for none. */
export function targetSelector(targets: Targets | null | undefined): string | undefined {
  if (targets === undefined || targets === null || targets === '') return undefined
  if (typeof targets === 'string') return targets
  if (typeof targets === 'object' || typeof targets === 'function') {
    return `#${domId(targets).replace(/[^\w\u0080-\uFFFF-]/g, '\\$&')}`
  }
  throw failure('TURBO_CABLE_BAD_OPTION', ['targets', 'a CSS selector or a record', targets])
}

// A parser keeps the first of two equal attributes: an `action` here would win over the real one.
const ownAttributes = new Set(['action', 'target', 'targets'])

function extraAttributes({ attributes, method }: PlacementOptions): Attributes {
  if (method !== undefined && method !== 'morph') throw failure('TURBO_CABLE_BAD_OPTION', ['method', "'morph'", method])
  if (attributes === undefined || attributes === null) return { method }
  for (const name of Object.keys(checkedAttributes(attributes))) {
    if (ownAttributes.has(name.toLowerCase())) {
      throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [name, `give \`${name.toLowerCase()}\` as an option instead`])
    }
  }
  return method === undefined ? attributes : { ...attributes, method }
}

/** The attributes themselves, once they are known to be names and values. */
export function checkedAttributes(attributes: Attributes): Attributes {
  if (typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)) return attributes
  throw failure('TURBO_CABLE_BAD_OPTION', ['attributes', 'an object of names and values', attributes])
}
