// From a message to the page: a string goes to Turbo, JSON becomes an event. In order, whatever the page does in between.

import { renderStreamMessage } from '@hotwired/turbo'
import { emit } from './emit.js'
import type { Message } from './protocol.js'

type BeforeRender = CustomEvent<{ render(stream: Element): unknown }> & { target: Element }

const REFRESH = '<turbo-stream action="refresh" method="morph" scroll="preserve"></turbo-stream>'
// Servers with histories of their own behind one address must not make a page refresh without a pause.
const PAUSE = 10_000

let tasks: (() => void)[] = []
let callbacks: (() => void)[] = []
let busy = false
/** What Turbo has taken and will draw at the next repaint. */
let undrawn: BeforeRender[] = []
let refreshing = false
let refreshed = 0

/**
 * Applies one message to the document. A string with a `<turbo-stream>` in it is rendered by Turbo; anything else is
 * dispatched as `turbo:stream-message` on `document`, with `detail: { stream, data }`, as the gem's client does.
 */
export function render({ stream, data }: Message): void {
  const html = typeof data === 'string' && data.includes('<turbo-stream')
  enqueue(html ? () => draw(data) : () => emit('turbo:stream-message', { stream, data }))
}

/** Runs `callback` once everything given to `render()` so far is in the document. */
export function afterRender(callback: () => void): void {
  callbacks.push(callback)
  work()
}

/** Refreshes the page by morph within `spread` milliseconds: once, however many streams ask for it. */
export function refresh(spread: number): void {
  if (refreshing) return
  refreshing = true
  const wait = Math.max(Math.random() * spread, refreshed + PAUSE - Date.now())
  setTimeout(() => {
    refreshing = false
    refreshed = Date.now()
    enqueue(() => draw(REFRESH))
  }, wait)
}

function enqueue(task: () => void): void {
  tasks.push(task)
  work()
}

// One batch per repaint. Turbo draws at the next repaint, but sooner in a hidden page: given two messages on either side of
// the moment a page is hidden, it would draw the second first.
async function work(): Promise<void> {
  if (busy) return
  busy = true
  while (tasks.length || callbacks.length) {
    const [batch, then] = [tasks, callbacks]
    tasks = []
    callbacks = []
    batch.forEach(attempt)
    if (undrawn.length) await repaint()
    undrawn = []
    then.forEach(attempt)
  }
  busy = false
}

function attempt(task: () => void): void {
  try {
    task()
  } catch (error) {
    reportError(error)
  }
}

// Turbo appends a message to <html> as it is. Its stream elements leave when they are done; text, comments and other
// elements would stay for ever.
function draw(html: string): void {
  const root = document.documentElement
  const last = root.lastChild
  const collect = (event: Event) => undrawn.push(event as BeforeRender)
  root.addEventListener('turbo:before-stream-render', collect)
  try {
    renderStreamMessage(html)
  } finally {
    root.removeEventListener('turbo:before-stream-render', collect)
  }
  for (let node = last?.nextSibling; node; ) {
    const { nextSibling } = node
    if (node.nodeName !== 'TURBO-STREAM') node.remove()
    node = nextSibling
  }
}

// Resolves right after Turbo has drawn, for it waits in the same way and asked before us. A page hidden meanwhile would not
// be drawn until it is shown again; then this does it, in Turbo's stead.
function repaint(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden) return void setTimeout(resolve)
    const done = () => {
      document.removeEventListener('visibilitychange', hidden)
      resolve()
    }
    const hidden = () => {
      for (const { target, detail, defaultPrevented } of undrawn) {
        const { render } = detail
        detail.render = () => {}
        if (!defaultPrevented) attempt(() => render(target))
      }
      done()
    }
    document.addEventListener('visibilitychange', hidden)
    requestAnimationFrame(done)
  })
}
