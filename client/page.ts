// What a page has one of: its id, its connections (one per URL), and the moments at which a connection should look around.

import { gap, seldom } from './behind.js'
import { type Connection, createConnection } from './connection.js'
import { emit } from './emit.js'
import { responseListeners } from './responses.js'

type FetchEvent = CustomEvent<{ url: URL; fetchOptions: { headers: Record<string, string> } }>

const connections = new Map<string, Connection>()
const listeners = {
  online: () => wake(),
  pageshow: () => wake(),
  visibilitychange: () => document.hidden || wake(),
  // A page kept for going back cannot keep its socket; one that ends can at least say so.
  pagehide: suspend,
  'turbo:before-fetch-request': identify,
  ...responseListeners,
  'turbo:visit': () => wake(true),
  'turbo:load': prepare,
}
let live = false

// The server's names of the header and of the path `/cable` below are in src/stream/page-id.ts and src/options/limits.ts, which
// nothing here can import.

/** Made once per page life. Sent with subscriptions and, as `X-Turbo-Cable-Connection`, with Turbo's requests to this site. */
export const connectionId = crypto.getRandomValues(new Uint32Array(4)).join('-')

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
      id: connectionId,
      gap,
      whispered: (stream, data) => emit('turbo-cable:whisper', { stream, data }),
    })
  connections.set(url, found)
  return found
}

function cableUrl(): string {
  const content = document.querySelector<HTMLMetaElement>('meta[name="action-cable-url"]')?.content.trim()
  const { href } = new URL(content || '/cable', content ? document.baseURI : location.href)
  return href.replace(/^http/, 'ws')
}

function wake(visited?: boolean): void {
  if (!live) return
  for (const each of connections.values()) each.wake(visited)
}

function suspend(): void {
  for (const each of connections.values()) each.suspend()
}

// Where every morph keeps what a person has typed, what does so is there before one comes. And there are hints for developers.
function prepare(): void {
  const early = location.hostname === 'localhost' || document.querySelector('body[data-turbo-cable-keep]')
  if (early) seldom().catch(() => setTimeout(prepare, 1_000))
}

function identify({ detail: { url, fetchOptions } }: FetchEvent): void {
  if (url.origin === location.origin) fetchOptions.headers['X-Turbo-Cable-Connection'] = connectionId
}
