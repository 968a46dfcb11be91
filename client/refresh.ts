// A page that has lost messages is behind until a response shows that it is not: it fetches itself anew, past every cache, and
// lets Turbo morph it. Whatever comes in place of a good page leaves the one there is standing.

import * as Turbo from '@hotwired/turbo'
import { backoff } from './backoff.js'
import { emit } from './emit.js'
import { keeping } from './keep.js'
import { watchParts } from './parts.js'
import { behind, older } from './protocol.js'

// Servers with histories of their own behind one address must not make a page refresh without a pause.
const PAUSE = 10_000
const SOON = 100

/** Where the page has to be to be behind no longer: `''` is anywhere, undefined is that nothing is missing. */
let wanted: string | undefined
let timer: unknown
let attempt = 0
let refreshed = 0
let waits = 0
/** When Turbo was asked for a refresh last. */
let asked = 0

watchParts(({ root, age }) => {
  if (root.parentElement || wanted === undefined || (age && wanted && behind(age, wanted))) return
  wanted = timer = void clearTimeout(timer as number)
  attempt = waits = 0
})

/** Announces that the page misses something of `stream`, and refreshes it within `spread` milliseconds unless told not to. */
export function gap(stream: string, spread: number, cursor?: string): void {
  if (emit('turbo-cable:gap', { stream }, document, true)) fallBehind(spread, cursor)
}

/** Refreshes the page within `spread` milliseconds, and again until it is as new as `cursor`: once, however many ask for it. */
export function fallBehind(spread: number, cursor = ''): void {
  if (!wanted || !older(cursor, wanted)) wanted = cursor || (wanted ?? '')
  timer ??= later(Math.max(Math.random() * spread, refreshed + PAUSE - Date.now()))
}

/** Is a page wanted that has not come? The one that there is may then not say that it has everything. */
export function isBehind(): boolean {
  return wanted !== undefined
}

/**
 * Resolves when the refresh that Turbo was asked for just now has brought a page. Turbo begins it after a moment, and not at all while
 * a visit is on its way, which may lead elsewhere, or, as that of a download, nowhere; and a visit ends the refresh before it.
 * Then the page is behind.
 */
export async function landed(cursor?: string): Promise<void> {
  asked = Date.now()
  const moment = Turbo.session.pageRefreshDebouncePeriod ?? 150
  do await pause(moment)
  while (Date.now() - asked < moment)
  const visit = Turbo.navigator.currentVisit
  if (!visit) return
  const isRefresh = visit.action === 'replace' && visit.location.href === location.href
  while (isRefresh && Turbo.navigator.currentVisit === visit && visit.state === 'started') await pause(SOON)
  // A page that is there no more stays so.
  const isGone = /^4/.test(`${visit.response?.statusCode}`)
  if (visit.state !== 'completed' && !isGone) fallBehind(0, cursor)
}

function pause(wait: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait))
}

function later(wait: number): unknown {
  return setTimeout(refresh, wait)
}

async function refresh(): Promise<void> {
  if (busy()) {
    timer = later(SOON)
    return
  }
  timer = later(backoff(++attempt + 2))
  const { href } = location
  try {
    const headers = { Accept: 'text/html, application/xhtml+xml' }
    const fetchOptions = { cache: 'no-store', credentials: 'same-origin', headers }
    emit('turbo:before-fetch-request', { fetchOptions, url: new URL(href) }, document.documentElement, true)
    const response = await Turbo.fetch(href, fetchOptions)
    const html = await response.text()
    if (!good(response, html) || location.href !== href) return
    clearTimeout(timer as number)
    // A visit, or a form on its way, comes first: this would end it.
    timer = later(busy() ? SOON : backoff(attempt + 2))
    if (busy()) return
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
  Turbo.visit(href, { action: 'replace', shouldCacheSnapshot: false, response, refresh })
}

// Not by `aria-busy`, which Turbo leaves on the page when a form cuts a visit short; and not for ever.
function busy(): boolean {
  const { currentVisit, formSubmission } = Turbo.navigator
  return waits++ < 100 && (currentVisit?.state === 'started' || /ing$/.test(formSubmission?.state ?? ''))
}

// No error, nothing but HTML, no page of another address, such as a login, that has nothing to listen to, and none too old.
function good({ ok, headers, redirected }: Response, html: string): boolean {
  const age = headers.get('X-Turbo-Cable-Cursor')
  return (
    ok &&
    /html/.test(headers.get('Content-Type') ?? '') &&
    !(age && wanted && older(age, wanted)) &&
    (!redirected || html.includes('data-streams'))
  )
}
