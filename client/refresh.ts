// How a page that is behind gets a new one: it fetches itself, past every cache, and lets Turbo morph it, until it is behind no
// longer. Whatever comes in place of a good page leaves the one there is standing.

import * as Turbo from '@hotwired/turbo'
import { backoff } from './backoff.js'
import { emit } from './emit.js'
import { keeping } from './keep.js'
import { older } from './protocol.js'

// Servers with histories of their own behind one address must not make a page refresh without a pause.
const PAUSE = 10_000
const SOON = 100

/** Where the page has to be, as `behind.ts` has it: undefined once it is there. */
type Wanted = () => string | undefined

let timer: unknown
let attempt = 0
let refreshed = 0
let waits = 0

/** Frames that load anew with such a page come past every cache too. */
export function refreshFrames(): void {
  addEventListener('turbo:before-fetch-request', frame as unknown as EventListener, true)
}

function frame({ target, detail }: CustomEvent<{ fetchOptions: RequestInit }> & { target: Element }): void {
  if (target.localName === 'turbo-frame' && refreshed + PAUSE > Date.now()) detail.fetchOptions.cache = 'no-store'
}

/** Refreshes the page for as long as something is `wanted`. */
export function refresh(wanted: Wanted): void {
  later(refreshed + PAUSE - Date.now(), wanted)
}

function later(wait: number, wanted: Wanted): void {
  clearTimeout(timer as number)
  timer = setTimeout(run, wait, wanted)
}

async function run(wanted: Wanted): Promise<void> {
  if (wanted() === undefined) {
    attempt = waits = 0
    return
  }
  if (busy()) {
    later(SOON, wanted)
    return
  }
  later(backoff(++attempt + 2), wanted)
  const { href } = location
  try {
    const headers = { Accept: 'text/html, application/xhtml+xml' }
    const fetchOptions = { cache: 'no-store', credentials: 'same-origin', headers }
    const url = new URL(href)
    // As with a request of Turbo's own, who cancels the event says when it may go.
    await new Promise<void>((resume) => {
      if (emit('turbo:before-fetch-request', { fetchOptions, url, resume }, document.documentElement, true)) resume()
    })
    const response = await Turbo.fetch(href, fetchOptions)
    const html = await response.text()
    const least = wanted()
    if (least === undefined || !good(response, html, least) || location.href !== href) return
    // A visit, or a form on its way, comes first: this would end it.
    if (busy()) {
      later(SOON, wanted)
      return
    }
    later(backoff(attempt + 2), wanted)
    waits = 0
    refreshed = Date.now()
    morph(href, { statusCode: response.status, redirected: false, responseHTML: html })
  } catch {
    // Nobody there: the page stays, and asks again.
  }
}

function morph(href: string, response: object): void {
  const y = scrollY
  // Versions of Turbo that know no `refresh` in a visit look here.
  const meta = Object.assign(document.createElement('meta'), { name: 'turbo-refresh-method', content: 'morph' })
  document.head.append(meta)
  keeping(true)
  const done = () => {
    keeping(false)
    meta.remove()
    // They scroll to the top; the others keep what is in view, also when the page grows above it.
    setTimeout(() => y && !scrollY && scrollTo(0, y))
  }
  addEventListener('turbo:render', done, { once: true })
  const refresh = { method: 'morph', scroll: 'preserve' }
  // `Turbo.visit` would load a page anew whose address looks like that of a file.
  Turbo.navigator.startVisit(href, undefined, { action: 'replace', shouldCacheSnapshot: false, response, refresh })
}

// Not by `aria-busy`, which Turbo leaves on the page when a form cuts a visit short; and not for ever.
function busy(): boolean {
  const { currentVisit, formSubmission } = Turbo.navigator
  return waits++ < 100 && (currentVisit?.state === 'started' || /ing$/.test(formSubmission?.state ?? ''))
}

// No error, nothing but HTML, no page of another address, such as a login, that has nothing to listen to, and none too old.
function good({ ok, headers, redirected }: Response, html: string, least: string): boolean {
  const age = headers.get('X-Turbo-Cable-Cursor')
  return (
    ok &&
    /html/.test(headers.get('Content-Type') ?? '') &&
    !(age && least && older(age, least)) &&
    (!redirected || html.includes('data-streams'))
  )
}
