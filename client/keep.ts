// What a person has changed in a page outlives a morph: what they have typed, chosen or opened, and where they are writing.

import { emit } from './emit.js'

type Field = HTMLInputElement & HTMLTextAreaElement & HTMLSelectElement
type BeforeMorph = CustomEvent<{ newElement?: Element }> & { target: Element }
type BeforeAttribute = CustomEvent<{ attributeName: string }> & { target: Element }

let refreshing = false

/** Is the page being refreshed because it was behind? Other morphs keep only where `<body data-turbo-cable-keep>` says so. */
export function keeping(on: boolean): void {
  refreshing = on
}

/** From now on morphs keep what they should. */
export function keepFields(): void {
  addEventListener('turbo:before-morph-element', element as unknown as EventListener, true)
  addEventListener('turbo:before-morph-attribute', attribute as unknown as EventListener, true)
}

const asked = () => refreshing || document.body.hasAttribute('data-turbo-cable-keep')

function element(event: BeforeMorph): void {
  const { target, detail } = event
  if (!asked() || target.localName === 'body') return
  const { newElement } = detail
  // Without a new element this one goes, and all that is in it.
  const lost = newElement ? changed(target) : [target, ...target.querySelectorAll('*')].some(changed)
  if (!lost) return
  const stays = newElement && same(target as Field, newElement as Field)
  // What has no place in the new page is told first. Who cancels the event keeps it where it is.
  if (stays || !emit('turbo-cable:discard', { newElement }, target, true)) event.preventDefault()
}

function attribute(event: BeforeAttribute): void {
  if (asked() && event.detail.attributeName === 'open') event.preventDefault()
}

function same(one: Field, other: Field): boolean {
  return one.localName === other.localName && one.id === other.id && one.name === other.name
}

function changed(element: Element): boolean {
  const { options, multiple, value, defaultValue, checked, defaultChecked } = element as Field
  if (element === document.activeElement && element.matches('input,textarea,select,[contenteditable]')) return true
  if (!element.matches('input:not([type=hidden]),textarea,select')) return false
  if (!options) return value !== defaultValue || checked !== defaultChecked
  const all = [...options]
  // With no default of its own a list that drops down has its first option chosen.
  const first = multiple || all.some(({ defaultSelected }) => defaultSelected) ? -1 : 0
  return all.some(({ selected, defaultSelected }, index) => selected !== (defaultSelected || index === first))
}
