// What the console says to who develops a page: once.

import { MARKER } from './marker.js'
import type { StreamElement } from './stream-element.js'

/** Milliseconds after which a page that was loaded has its controllers. */
const SETTLED = 3_000

let said = false

function once(say: (text: string, ...more: unknown[]) => void, text: string, ...more: unknown[]): void {
  if (!said) say(`turbo-cable: ${text}`, ...more)
  said = true
}

// Turbo assigns HTML as text, which a page may forbid.
function explain({ effectiveDirective }: SecurityPolicyViolationEvent): void {
  if (/^require-trusted/.test(effectiveDirective)) {
    once(console.error, 'Trusted Types block Turbo; a policy named "default" lets it render')
  }
}

/** For where somebody develops. */
export function watchStreams(): void {
  addEventListener('turbo:before-stream-render', look)
  addEventListener('securitypolicyviolation', explain)
  setTimeout(seek, SETTLED)
}

// At-least-once: what was sent between a page's request and the reading of its data is in the page and comes again. Texts count their
// own pieces.
function look({ target }: Event): void {
  const { action, dataset, templateContent } = target as StreamElement
  if (/append|prepend/.test(action) && !dataset.textStream && [...templateContent.children].some(({ id }) => !id)) {
    once(console.warn, 'what is appended without an id may appear twice', target)
  }
}

// With a bundler the controller is registered by the app, and begins where an element asks for it.
function seek(): void {
  if (document.querySelector('[data-controller~=turbo-streams],[data-turbo-stream][connected]')) return
  const marker = document.querySelector(MARKER)
  if (marker)
    once(console.warn, 'nobody looks after the markers: <body data-controller="turbo-streams"> is missing', marker)
}
