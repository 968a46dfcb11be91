// The markers in the document: each subscribes to its streams while it is there, shows `connected` while the server serves it,
// and keeps in `data-cursor` how far the page around it has come.

import { gap, isBehind } from './behind.js'
import { drawn } from './draw.js'
import { emit } from './emit.js'
import { cursorIn, markersIn, streamsOf } from './marker.js'
import { connection } from './page.js'
import { add, Part, partAt, partOf, parts, rendered, watchParts } from './parts.js'
import { nameOf, older, oldest } from './protocol.js'
import { render } from './render.js'
import { isPreview } from './responses.js'
import type { Listener } from './subscriptions.js'

/** On a marker whose stream has lost messages, until a response shows that the page has what they brought. */
const BEHIND = 'data-behind'

/** A preview that is still there after so many milliseconds is a page like any other. */
const PREVIEW = 1_000

interface Marker {
  readonly part: Part
  /** What it named when it was connected. */
  readonly asked: string | undefined
  /** As in `data-cursor`: one cursor for each stream. A page comes with one for all of them, the position it was read at. */
  cursors(): string
  show(): void
  /** Is the element as it was left? */
  unchanged(): boolean
  release(): void
  /** `part` has come into the document: what it lacks is asked for. */
  rewind(part: Part): void
}

const markers = new Map<HTMLElement, Marker>()
/** Tokens that have expired: a refreshed page brings new ones, or else it was no use. */
const expired = new Set<string>()

// What was rendered just now may be older than what markers around it, or kept within it, have heard since.
watchParts((part, kept) => {
  for (const [element, marker] of markers) {
    if (element.isConnected || kept.some((each) => each.contains(element))) marker.rewind(part)
  }
})

/**
 * Subscribes to the streams an element names, or, if it is known, to what a morph has made of them. `inserted` is what it came
 * into the document with.
 */
export function connectMarker(element: HTMLElement, inserted: Element = element, stands = false): void {
  // A preview is replaced in a moment by a page that asks for the same; but a form that ends the visit leaves it standing.
  if (isPreview() && !stands) {
    setTimeout(() => element.isConnected && connectMarker(element, inserted, true), PREVIEW)
    return
  }
  const marker = markers.get(element)
  if (marker?.unchanged()) {
    marker.show()
    return
  }
  if (!marker) date(inserted)
  markers.set(element, createMarker(element, marker))
  marker?.release()
}

/** Releases the streams of an element that has left the page. */
export function disconnectMarker(element: HTMLElement): void {
  const marker = markers.get(element)
  if (!marker) return
  marker.release()
  markers.delete(element)
  // Should it come back with what it left with, that has missed what came in between.
  const root = element.getRootNode()
  if (root instanceof Element && !partAt(root)) add(marker.part.copy(root))
}

/** Releases the streams of every marker that has left the page, or of all. */
export function disconnectMarkers(all: boolean): void {
  for (const element of markers.keys()) if (all || !element.isConnected) disconnectMarker(element)
}

// Something came in that Turbo has not rendered: by its marker it may be older than what it came into.
function date(inserted: Element): void {
  const around = partOf(inserted)
  if (around.root === inserted) return
  for (const [stream, cursor] of markersIn(inserted).flatMap(streamsOf)) {
    const seen = around.seen(nameOf(stream))
    if (cursor && seen && older(cursor, seen)) {
      rendered(new Part(inserted, cursorIn(inserted)))
      return
    }
  }
}

function createMarker(element: HTMLElement, before: Marker | undefined): Marker {
  const { streams, cursor } = element.dataset
  const cable = connection()
  const part = partOf(element)
  let written = cursor
  // A morph may take the cursor away and leave the streams.
  const given = cursor || before?.asked !== streams ? undefined : before?.cursors().split(',')
  const listeners = streamsOf(element).map(([stream, own], index): [stream: string, listener: Listener] => [
    stream,
    listen(stream, own ?? given?.[index] ?? null),
  ])

  function listen(stream: string, own: string | null): Listener {
    const name = nameOf(stream)
    // From where its own part is, or from the oldest of all: what Turbo has kept may stand in an older page. For parts that nobody
    // has listened for, the stream begins here too.
    const begin = own && part.begin(name, own)
    const listener: Listener = {
      cursor: begin && (oldest([begin, ...parts().map((each) => each.begin(name, begin))]) as string),
      waiting: true,
      deliver: render,
      notify(change, reason) {
        show()
        emit(`turbo-cable:${change}`, { stream, reason }, element)
        if (reason !== 'expired' || expired.has(stream)) return
        expired.add(stream)
        gap(stream)
      },
      moved(lost) {
        if (lost) {
          element.setAttribute(BEHIND, '')
          for (const each of parts()) each.advance(name, listener.cursor as string)
        }
        drawn().then(write)
      },
    }
    return listener
  }

  const cursors = () => listeners.map(([, { cursor }]) => cursor).join()

  function show(): void {
    element.toggleAttribute(
      'connected',
      listeners.every(([, { connected }]) => connected),
    )
  }

  // What was lost stays marked as lost until a refreshed page says where it is.
  function write(): void {
    if (isBehind() || element.hasAttribute(BEHIND) || markers.get(element) !== marker || !element.isConnected) return
    if (cursors()) element.dataset.cursor = written = cursors()
  }

  show()
  const releases = listeners.map(([stream, listener]) => cable.subscribe(stream, listener))
  const marker: Marker = {
    part,
    asked: streams,
    cursors,
    show,
    unchanged: () => element.dataset.streams === streams && element.dataset.cursor === written,
    release() {
      for (const release of releases) release()
    },
    rewind(other) {
      if (!other.root.parentElement) element.removeAttribute(BEHIND)
      const { age } = other
      if (!age) return
      for (const [stream, listener] of listeners) cable.rewind(stream, listener, other.begin(nameOf(stream), age))
      write()
    },
  }
  return marker
}
