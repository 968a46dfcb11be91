// What a person has changed in a page outlives a morph: what they have typed, chosen or opened, and where they are writing.

import { emit } from './emit.js'
import { markersIn } from './marker.js'

type Field = HTMLInputElement & HTMLTextAreaElement & HTMLSelectElement
type BeforeMorph = CustomEvent<{ newElement?: Element }> & { target: Element }
type BeforeAttribute = CustomEvent<{ attributeName: string }> & { target: Element }

let refreshing = false

/** Is the page being refreshed because it was behind? Other morphs keep only where `<body data-turbo-cable-keep>` says so. */
export function keeping(on: boolean): void {
  refreshing = on
}

/**
 * What is permanent in visits is behind too, where it has a marker: in a refresh after a gap it is morphed as the rest. The new
 * page makes it permanent again.
 */
export function releasePermanent(): void {
  if (!refreshing) return
  for (const element of document.querySelectorAll('[data-turbo-permanent]')) {
    if (markersIn(element).length) element.removeAttribute('data-turbo-permanent')
  }
}

export const morphListeners = { 'turbo:before-morph-element': element, 'turbo:before-morph-attribute': attribute }

const asked = () => refreshing || document.body.hasAttribute('data-turbo-cable-keep')

function element(event: BeforeMorph): void {
  const { target, detail } = event
  if (!asked() || target.localName === 'body') return
  const next = detail.newElement
  if (next && changed(target) && same(target as Field, next as Field)) event.preventDefault()
  else if (next ? changed(target) : [target, ...target.querySelectorAll('*')].some(changed)) {
    // It has no place in the new page. Who cancels the event keeps it where it is.
    if (!emit('turbo-cable:discard', { newElement: next }, target, true)) event.preventDefault()
  }
}

function attribute(event: BeforeAttribute): void {
  if (asked() && event.detail.attributeName === 'open') event.preventDefault()
}

function same(one: Field, other: Field): boolean {
  return one.localName === other.localName && one.id === other.id && one.name === other.name && one.type === other.type
}

function changed(element: Element): boolean {
  const { localName, value, defaultValue, checked, defaultChecked, options } = element as Field
  if (element === document.activeElement && /input|textarea|select/.test(localName)) return true
  if ((element as HTMLElement).isContentEditable) return element === document.activeElement
  if (localName === 'textarea') return value !== defaultValue
  if (localName === 'select') {
    const all = [...options]
    const first = all.some(({ defaultSelected }) => defaultSelected) || (element as Field).multiple ? -1 : 0
    return all.some(({ selected, defaultSelected }, index) => selected !== (defaultSelected || index === first))
  }
  return (
    localName === 'input' &&
    (value !== defaultValue || checked !== defaultChecked) &&
    (element as Field).getAttribute('type') !== 'hidden'
  )
}
