// What a test sees of a <turbo-stream> element, and how one that was expected is told from the others.

import { placement, type Target, type Targets } from '../turbo/element'
import { elementsNamed } from './html'

/** A `<turbo-stream>` element. */
export interface StreamElement {
  /** `'append'`, `'replace'` and so on, or an action of the page's own. */
  readonly action: string | undefined
  /** Id of the element that the action works on. */
  readonly target: string | undefined
  /** CSS selector of the elements that the action works on. */
  readonly targets: string | undefined
  /** What is in its `<template>`, as it was sent; undefined where there is none, as with remove and refresh. */
  readonly html: string | undefined
  /** All other attributes: `{ method: 'morph' }`. */
  readonly attributes: Readonly<Record<string, string>>
}

/** Which elements a test expects, and how many. What is not given may be anything. */
export interface ElementExpectation {
  /** The action. */
  readonly action?: string | undefined
  /** The id of the target, or the record whose `domId` it is. */
  readonly target?: Target | undefined
  /** The CSS selector, or the record whose `domId` makes one. */
  readonly targets?: Targets | undefined
  /** How many there are; 0 for none. */
  readonly count?: number | undefined
}

/** The elements of a message or of a response, in their order. */
export function parsedStreams(html: string): StreamElement[] {
  return elementsNamed('turbo-stream', html).map(
    ({ attributes: { action, target, targets, ...attributes }, html }) => ({
      action,
      target,
      targets,
      html: elementsNamed('template', html)[0]?.html,
      attributes,
    }),
  )
}

/** Those that are as expected. */
export function matching<Element extends Partial<StreamElement>>(
  elements: readonly Element[],
  expectation: ElementExpectation,
): Element[] {
  const { action, target, targets } = placed(expectation)
  return elements.filter(
    (element) =>
      (action === undefined || element.action === action) &&
      (target === undefined || element.target === target) &&
      (targets === undefined || element.targets === targets),
  )
}

/** The expectation as a tag. `<turbo-stream action="append" target="messages">` */
export function shownExpectation(expectation: ElementExpectation): string {
  return `<turbo-stream${attributeList({ ...placed(expectation) })}>`
}

/** An element on one line. `<turbo-stream action="append" target="messages"> <p>hi</p>` */
export function shownElement({ action, target, targets, attributes, html }: StreamElement): string {
  const tag = `<turbo-stream${attributeList({ action, target, targets, ...attributes })}>`
  return html ? `${tag} ${shortened(html)}` : tag
}

/** A text that may be long, on one line. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

const longest = 200

// Records become ids by the rule that the verbs have.
function placed({ action, target, targets }: ElementExpectation) {
  const { target: id, targets: selector } = placement('expected', { target, targets })
  return { action, target: id, targets: selector }
}

function attributeList(attributes: Record<string, string | undefined>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`))
    .join('')
}
