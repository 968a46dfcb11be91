// Turbo draws, this says when and where: at once, in the order of the messages, and only where a message is lacking. So the
// document and the cursors in its markers agree at every moment at which a snapshot of it could be taken.

import { fallBehind } from './behind.js'
import { renderStreamMessage, session } from './from-turbo.js'
import { cursorIn } from './marker.js'
import { html, Part, partOf, rendered } from './parts.js'
import type { Message } from './protocol.js'
import { older } from './protocol.js'
import { type BeforeRender, concerns, type Render, restrict, type StreamElement, touched } from './stream-element.js'

/** The message being drawn: the parts that lack it, and what Turbo was about to do. */
interface Drawing {
  message: Message
  lacking: Set<Part>
  events: BeforeRender[]
}

/** Milliseconds after which Turbo has begun a refresh that it was asked for, if it does so at all. */
const LATE = 1_000

let drawing: Drawing | undefined
/** The refresh that waits for its moment among those of other pages, and when there may be one again. */
let turn: Promise<void> | undefined
let next = 0
/** Renders that an app has made to take their time: an animation, say. */
const unfinished = new Set<unknown>()

/** Applies one message of Turbo Streams to the parts that are `lacking` it. */
export function draw(message: Message, lacking: Set<Part>): void {
  const before = new Set(html.childNodes)
  const given = { message, lacking, events: [] }
  drawing = given
  try {
    renderStreamMessage(message.data as string)
  } finally {
    drawing = undefined
  }
  // Turbo appends a message to <html> as it is. Its stream elements leave when they are done; text, comments and other
  // elements would stay for ever.
  for (const node of [...html.childNodes]) {
    if (!before.has(node) && node.nodeName !== 'TURBO-STREAM') node.remove()
  }
  for (const event of given.events) perform(event, given)
}

/** Takes a stream of the message being drawn out of Turbo's hands; false if it is somebody else's. */
export function take(event: BeforeRender): boolean {
  if (!drawing) return false
  const { message, lacking, events } = drawing
  events.push(event)
  // A marker that a message brings starts, for that message's stream, at that message; its others were read when it was rendered.
  // And what is drawn again lacks what came after it.
  restrict(event, lacking, (added) => {
    const { stream, cursor } = message
    // Turbo begins a refresh after a moment, and not at all while a visit is on its way, which may lead elsewhere, or, as that of a
    // download, nowhere; and a visit ends the refresh before it. Then the page is behind. An app that takes the refresh out of Turbo's
    // hands knows what it does.
    if (event.target.action === 'refresh') fallBehind(LATE, cursor, true)
    if (!cursor) return
    for (const element of touched(event.target, added)) {
      const age = cursorIn(element)
      if (!age && lacking.has(partOf(element))) continue
      const read = age && older(age, cursor) ? age : cursor
      lacking.add(rendered(new Part(element, read, [[stream, cursor]])))
    }
  })
  return true
}

/** Settles once everything drawn so far is in the document: now, unless an app has made a render take its time. */
export function drawn(): Promise<unknown> {
  return Promise.allSettled(unfinished)
}

function perform({ target, detail, defaultPrevented }: BeforeRender, { message, lacking }: Drawing): void {
  const { render } = detail
  // Turbo would draw at the next repaint, or sooner in a hidden page: two messages might change places.
  detail.render = () => {}
  if (defaultPrevented) return
  const act = async () => {
    // What this tab has caused itself is nothing new to it. Turbo passes over that too, but of refreshes that come together it looks at
    // the last alone, and with one of its own loses those of others before it.
    // A page that comes out of a cache with this message to follow would ask the same cache again, for ever.
    const refresh = target.action === 'refresh'
    if (refresh ? !lacking.size : !concerns(target, lacking)) return
    if (refresh && message.replayed) fallBehind(0, message.cursor)
    else if (!refresh || !session.recentRequests.has(target.getAttribute('request-id'))) {
      await (refresh && message.refresh ? inTurn(target, message.refresh, render) : render(target))
    }
  }
  const work = act().catch(console.error)
  unfinished.add(work)
  work.finally(() => unfinished.delete(work))
}

// Others that come while one waits join it.
function inTurn(stream: StreamElement, window: number, render: Render): Promise<void> {
  turn ??= new Promise((resolve) => setTimeout(resolve, Math.max(Math.random() * window, next - Date.now()))).then(
    () => {
      next = Date.now() + window
      turn = void render(stream)
    },
  )
  return turn
}
