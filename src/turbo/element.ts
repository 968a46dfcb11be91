// A <turbo-stream> element: where it works, with every check, and how it is put together.

import { failure } from '../errors'
import { check, isText, namesAndValues, oneOf, type Rule, text } from '../options/check'
import { type DomClass, type DomRecord, domId } from '../stream/dom-id'
import { needsContent } from './content'
import { type Attributes, attributeText } from './tag'

/** A record and the prefix of its dom id: `[message, 'edit']` is `edit_message_1`, as in turbo-rails. */
export type PrefixedRecord = readonly [record: DomRecord | DomClass, prefix: string]

/** A row of a query builder with its name before it: `['todo', row]` is `todo_1`. */
export type NamedRow = readonly [name: string, row: DomRecord]

/** The element an action works on: its id, or the record or row whose `domId` it has. */
export type Target = string | number | DomRecord | DomClass | PrefixedRecord | NamedRow

/** The elements an action works on: a CSS selector, or the record whose `domId` makes one. */
export type Targets = string | DomRecord | DomClass | PrefixedRecord | NamedRow

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

/** A placement that was checked: records are ids and selectors by now, and there is never a target beside targets. */
export interface Placement {
  readonly target?: string | undefined
  readonly targets?: string | undefined
  readonly attributes?: Attributes | undefined
  readonly method?: 'morph' | undefined
}

const emptyActions = new Set(['remove', 'refresh'])
const morph = oneOf('morph')

/** Checks where an action works: its own name, its target, and that no extra attribute stands in for one of these. */
export function placement(action: string, options: PlacementOptions): Placement {
  check('action', action, text)
  const target = targetId(options.target)
  const targets = target === undefined ? targetSelector(options.targets) : undefined
  if (target === undefined && targets === undefined && (needsContent(action) || action === 'remove')) {
    throw failure('TURBO_CABLE_NO_TARGET', [action])
  }
  const { method } = options
  if (method !== undefined) check('method', method, morph)
  return { target, targets, attributes: extraAttributes(options.attributes), method }
}

/** `<turbo-stream …>`, extra attributes first. Throws `TURBO_CABLE_BAD_ATTRIBUTE`: to write them is to check them. */
export function openingTag(action: string, { target, targets, attributes, method }: Placement): string {
  const extra = method === undefined ? attributes : { ...attributes, method }
  return `<turbo-stream${attributeText({ ...extra, action, target, targets })}>`
}

/** The whole element; remove and refresh never have a template, all others always do. */
export function element(action: string, opening: string, content: string | undefined): string {
  const template = emptyActions.has(action) ? '' : `<template>${content ?? ''}</template>`
  return `${opening}${template}</turbo-stream>`
}

// The id a target stands for, or undefined for none.
function targetId(target: Target | null | undefined): string | undefined {
  if (target === undefined || target === null || target === '') return undefined
  if (typeof target === 'string') return check('target', target, idNoSelector)
  if (typeof target === 'number' && Number.isFinite(target)) return String(target)
  return recordId(check('target', target, idOrRecord))
}

// The selector that targets stand for, or undefined for none.
function targetSelector(targets: Targets | null | undefined): string | undefined {
  if (targets === undefined || targets === null || targets === '') return undefined
  if (typeof targets === 'string') return targets
  return `#${recordId(check('targets', targets, selectorOrRecord)).replace(/[^\w\u0080-\uFFFF-]/g, '\\$&')}`
}

function recordId(named: unknown): string {
  return domId(...((Array.isArray(named) ? named : [named]) as [DomRecord | DomClass, string?]))
}

// A browser finds nothing by it, and says nothing.
const idNoSelector: Rule = {
  words: "an element's id, without `#` (a CSS selector is for `targets`)",
  holds: (value) => !(value as string).startsWith('#'),
}

// Strings and usable numbers are taken before these are asked.
const isRecord = (value: unknown) =>
  Array.isArray(value)
    ? value.length === 2 && (isText(value[1]) || (isText(value[0]) && typeof value[1] === 'object'))
    : typeof value === 'object' || typeof value === 'function'
const idOrRecord: Rule = { words: "an element's id, a record, [record, 'prefix'], or ['name', row]", holds: isRecord }
const selectorOrRecord: Rule = {
  words: "a CSS selector, a record, [record, 'prefix'], or ['name', row]",
  holds: isRecord,
}

// A parser keeps the first of two equal attributes: an `action` here would win over the real one.
const ownAttributes = new Set(['action', 'target', 'targets'])

function extraAttributes(attributes: Attributes | null | undefined): Attributes | undefined {
  if (attributes === undefined || attributes === null) return undefined
  for (const name of Object.keys(check('attributes', attributes, namesAndValues))) {
    if (ownAttributes.has(name.toLowerCase())) {
      throw failure('TURBO_CABLE_BAD_ATTRIBUTE', [name, `give \`${name.toLowerCase()}\` as an option instead`])
    }
  }
  return attributes
}
