// What Turbo renders from a response is as old as that response's request: a page, a frame, the streams that answer a form. The
// server says how old that is in a header, and in the page's markers.

import { take } from './draw.js'
import { cursorIn } from './marker.js'
import { add, attach, html, Part, partAt, partOf, rendered } from './parts.js'
import { oldest } from './protocol.js'
import { type BeforeRender, observing, touched } from './stream-element.js'

type Respond = CustomEvent<{ fetchResponse: FetchResponse }> & { target: Element }
type Render = CustomEvent<{ newBody?: Element; newFrame?: Element; render: Replace }> & { target: Element }
type Replace = (current: Element, next: Element) => unknown

interface FetchResponse {
  response: Response
  contentType: string | null
  header(name: string): string | null
}

/** Of what was fetched for the page, or for a frame, since that was rendered: the oldest. */
const ages = new WeakMap<Element, string | undefined>()
/** What is to be noted once a page or frame is rendered. */
const unfinished = new Map<EventTarget, () => void>()
/** Of the response whose streams Turbo is making. */
let streams: string | undefined

/** To be called before any other listener: what it replaces in an event, others may wrap. */
export const responseListeners = {
  'turbo:before-fetch-response': note,
  'turbo:before-render': replace,
  'turbo:before-frame-render': inPage(replace),
  // Early versions of Turbo morph without `detail.render`.
  'turbo:morph': finished,
  'turbo:frame-render': inPage(finished),
  'turbo:before-stream-render': renderStream,
}

/** Is the page that stands there one of Turbo's cache, until its response comes? */
export function isPreview(): boolean {
  return html.hasAttribute('data-turbo-preview')
}

// A frame that has left the page may be rendered all the same, and then Turbo says so on <html>: that is no page.
function inPage<Given extends { target: EventTarget | null }>(listener: (event: Given) => void) {
  return (event: Given) => event.target === html || listener(event)
}

function note({ target, detail: { fetchResponse } }: Respond): void {
  const age = fetchResponse.header('X-Turbo-Cable-Cursor') ?? undefined
  if (fetchResponse.contentType?.startsWith('text/vnd.turbo-stream.html')) {
    Object.defineProperty(fetchResponse, 'responseHTML', { get: () => readStreams(fetchResponse.response, age) })
    return
  }
  const named = target.getAttribute?.('data-turbo-frame')
  const frame = (named && document.getElementById(named)) || target.closest?.('turbo-frame')
  const root = frame || html
  // What is rendered may be another response than the last, and what is told of <html> that of a frame which has left.
  ages.set(root, oldest([ages.get(root), age]))
}

// Turbo makes the stream elements as soon as it has the text.
async function readStreams(response: Response, age: string | undefined): Promise<string> {
  const html = await response.clone().text()
  streams = age
  setTimeout(() => {
    streams = undefined
  })
  return html
}

// A page may come out of Turbo's cache: its own markers know best.
function replace({ target, detail }: Render): void {
  const { newBody, newFrame, render } = detail
  const next = (newBody ?? newFrame) as Element
  const root = newBody ? html : target
  // Of two answers that a frame has at once, Turbo renders both, one after the other: then what is known is known of the first.
  const age = cursorIn(next) ?? ages.get(root) ?? partAt(newFrame && root)?.age
  if (!isPreview()) ages.delete(root)
  // What is permanent is taken over as it is, except where its marker says that it has missed something.
  for (const marker of newBody ? document.querySelectorAll('[data-behind]') : []) {
    marker.closest('[data-turbo-permanent]')?.removeAttribute('data-turbo-permanent')
  }
  const kept = keep(root, next)
  unfinished.set(root, () => rendered(new Part(root, age), kept))
  detail.render = (...elements) => {
    // What the page or frame holds of stream elements acts with its age, outside of it too.
    streams = age
    const result = render(...elements)
    streams = undefined
    finished({ target: root })
    return result
  }
}

function finished({ target }: { target: EventTarget }): void {
  const finish = unfinished.get(target)
  unfinished.delete(target)
  finish?.()
}

function renderStream(event: BeforeRender): void {
  const age = streams
  if (take(event) || !age) return
  const { detail } = event
  const { render } = detail
  detail.render = (stream) => {
    // What is taken away may have been brought since.
    const gone = stream.action === 'remove' ? stream.targetElements : []
    const bereft = gone.map(({ parentElement }) => parentElement)
    return observing(
      () => render(stream),
      (added) => {
        for (const root of touched(stream, added)) rendered(new Part(root, age))
        for (const root of bereft) if (root?.isConnected) attach(partOf(root).copy(root, age))
      },
    )
  }
}

// What Turbo takes over from the page as it is, keeps the age that it has.
function keep(current: Element, next: Element): Element[] {
  const permanent = [...current.querySelectorAll('[id][data-turbo-permanent]')].filter(({ id }) =>
    next.querySelector(`#${CSS.escape(id)}[data-turbo-permanent]`),
  )
  for (const element of permanent) add(partOf(element).copy(element))
  return [...permanent, ...current.querySelectorAll('turbo-frame[src][refresh=morph]')]
}
