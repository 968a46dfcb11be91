// What a page has one of: its id, its connections (one per URL), and the moments at which a connection should look around.

import { fallBehind, gap, seldom } from './behind.js'
import { type Connection, createConnection } from './connection.js'
import { emit } from './emit.js'
import { session } from './from-turbo.js'
import { responseListeners } from './responses.js'

type SubmitEnd = CustomEvent<{ fetchResponse?: object; formSubmission: { isSafe: boolean } }>
type FetchEvent = CustomEvent<{ url: URL; fetchOptions: { headers: Record<string, string> } }>

const connections = new Map<string, Connection>()
const listeners = {
  online: () => wake(),
  pageshow: () => wake(),
  'turbo:visit': () => wake(true),
  visibilitychange: () => wake(),
  // A page kept for going back cannot keep its socket; one that ends can at least say so.
  pagehide: suspend,
  'turbo:before-fetch-request': identify,
  ...responseListeners,
  'turbo:submit-end': sent,
  'turbo:load': prepare,
}
let live = false
/** Of the next try to load what is seldom needed: one, however many pages come meanwhile. */
let retry: unknown

// The server's names of the header and of the path `/cable` below are in src/stream/page-id.ts and src/options/limits.ts, which
// nothing here can import.

/**
 * Who this page is, for its life or until the answer to a form is cut off. Sent with subscriptions and, as
 * `X-Turbo-Cable-Connection`, with Turbo's requests to this site.
 */
export let connectionId = identity()

function identity(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

/** Watches over the page's connections and reconnects what `stop()` closed. The first subscription calls it for you. */
export function start(): void {
  if (live) return
  live = true
  // They stay, and are added once: what is rendered while the page is stopped has an age too.
  for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener as EventListener, true)
  wake()
}

/** Closes every socket, and keeps the subscriptions for the next `start()`. */
export function stop(): void {
  live = false
  suspend()
}

/** The connection to the URL that the page names in `<meta name="action-cable-url">`, or else to /cable of the same host. */
export function connection(): Connection {
  start()
  const url = cableUrl()
  const found =
    connections.get(url) ??
    createConnection(url, {
      WebSocket,
      get id() {
        return connectionId
      },
      gap,
      whispered: (stream, data) => emit('turbo-cable:whisper', { stream, data }),
    })
  connections.set(url, found)
  return found
}

function cableUrl(): string {
  const content = document.querySelector<HTMLMetaElement>('meta[name="action-cable-url"]')?.content.trim()
  return new URL(content || '/cable', content ? document.baseURI : location.href).href.replace(/^http/, 'ws')
}

function wake(visited?: boolean): void {
  if (!live) return
  for (const each of connections.values()) each.wake(visited)
}

function suspend(): void {
  for (const each of connections.values()) each.suspend()
}

// Of what a form changes this tab may be told nothing, as it has the answer. So Turbo's snapshots, which have none, are no use, also
// where it was answered with streams; and where the answer does not come, as Turbo gives it up for a visit or for another form, or
// as the network loses it, the page is another from now on, and fetches itself.
function sent({ detail }: SubmitEnd): void {
  if (detail.formSubmission.isSafe) return
  session.clearCache()
  if (!detail.fetchResponse) {
    suspend()
    session.recentRequests.clear()
    connectionId = identity()
    fallBehind(0)
  }
  // Who it was for may be somebody else from now on, as after a visit.
  wake(true)
}

// Where every morph keeps what a person has typed, what does so is there before one comes. And there are hints for developers.
function prepare(): void {
  const early = location.hostname === 'localhost' || document.body.hasAttribute('data-turbo-cable-keep')
  if (!early) return
  seldom().catch(() => {
    clearTimeout(retry as number)
    retry = setTimeout(prepare, 1_000)
  })
}

function identify({ detail: { url, fetchOptions } }: FetchEvent): void {
  if (url.origin === location.origin) fetchOptions.headers['X-Turbo-Cable-Connection'] = connectionId
}
