// What the console says to who develops a page: once.

import type { StreamElement } from './stream-element.js'

let said = false

function once(say: (text: string, ...more: unknown[]) => void, text: string, ...more: unknown[]): void {
  if (!said) say(`turbo-cable: ${text}`, ...more)
  said = true
}

/** Turbo assigns HTML as text, which a page may forbid. */
export function explain(): void {
  once(console.error, 'Trusted Types block Turbo; a policy named "default" lets it render')
}

/** For where somebody develops. */
export function watchStreams(): void {
  addEventListener('turbo:before-stream-render', look)
}

// At-least-once: what was sent between a page's request and the reading of its data is in the page and comes again.
function look({ target }: Event): void {
  const { action, templateContent } = target as StreamElement
  if (/append|prepend/.test(action) && [...templateContent.children].some(({ id }) => !id)) {
    once(console.warn, 'what is appended without an id may appear twice', target)
  }
}
