// The markers in the document: each subscribes to its streams while it is there, shows `connected` while the server serves it,
// and keeps in `data-cursor` how far the page around it has come.

import type { Connection } from './connection.js'
import { SPREAD } from './connection.js'
import { afterDrawing } from './draw.js'
import { emit } from './emit.js'
import { cursorIn, markersIn, streamsOf } from './marker.js'
import { connection } from './page.js'
import { add, Part, partAt, partOf, parts, rendered, watchParts } from './parts.js'
import { nameOf, older, oldest } from './protocol.js'
import { gap, isBehind } from './refresh.js'
import { render } from './render.js'
import type { Listener } from './subscriptions.js'

/** On a marker whose stream has lost messages, until a response shows that the page has what they brought. */
const BEHIND = 'data-behind'

/** A preview that is still there after so many milliseconds is a page like any other. */
const PREVIEW = 1_000

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
  if (document.documentElement.hasAttribute('data-turbo-preview') && !stands) {
    setTimeout(() => element.isConnected && connectMarker(element, inserted, true), PREVIEW)
    return
  }
  const marker = markers.get(element)
  if (marker?.unchanged()) {
    marker.show()
    return
  }
  if (!marker) date(inserted)
  markers.set(element, new Marker(element, marker))
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
  for (const element of [...markers.keys()]) if (all || !element.isConnected) disconnectMarker(element)
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

class Marker {
  readonly part: Part
  readonly #element: HTMLElement
  readonly streams: string | undefined
  readonly #cable: Connection
  readonly #listeners: [stream: string, listener: Listener][]
  readonly #releases: (() => void)[]
  #written: string | undefined

  constructor(element: HTMLElement, before: Marker | undefined) {
    const { streams, cursor } = element.dataset
    this.#element = element
    this.streams = streams
    this.#written = cursor
    this.part = partOf(element)
    this.#cable = connection()
    // A morph may take the cursor away and leave the streams.
    const given = cursor || before?.streams !== streams ? undefined : before?.cursor.split(',')
    this.#listeners = streamsOf(element).map(([stream, own], index) => [
      stream,
      this.#listener(stream, own ?? given?.[index] ?? null),
    ])
    this.show()
    this.#releases = this.#listeners.map(([stream, listener]) => this.#cable.subscribe(stream, listener))
  }

  /** As in `data-cursor`: one cursor for each stream. A page comes with one for all of them, the position it was read at. */
  get cursor(): string {
    return this.#listeners.map(([, { cursor }]) => cursor).join()
  }

  /** Is the element as it was left? */
  unchanged(): boolean {
    const { streams, cursor } = this.#element.dataset
    return streams === this.streams && cursor === this.#written
  }

  show(): void {
    this.#element.toggleAttribute(
      'connected',
      this.#listeners.every(([, { connected }]) => connected),
    )
  }

  release(): void {
    for (const release of this.#releases) release()
  }

  rewind(part: Part): void {
    if (!part.root.parentElement) this.#element.removeAttribute(BEHIND)
    const { age } = part
    if (!age) return
    for (const [stream, listener] of this.#listeners) {
      this.#cable.rewind(stream, listener, part.begin(nameOf(stream), age))
    }
    this.#write()
  }

  #listener(stream: string, own: string | null): Listener {
    const listener: Listener = {
      cursor: this.#begin(nameOf(stream), own),
      waiting: true,
      deliver: render,
      notify: (change, reason) => {
        this.show()
        emit(`turbo-cable:${change}`, { stream, reason }, this.#element)
        if (reason !== 'expired' || expired.has(stream)) return
        expired.add(stream)
        gap(stream, SPREAD)
      },
      moved: (lost) => {
        if (lost) {
          this.#element.setAttribute(BEHIND, '')
          for (const part of parts()) part.advance(nameOf(stream), listener.cursor as string)
        }
        afterDrawing(() => this.#write())
      },
    }
    return listener
  }

  // From where its own part is, or from the oldest of all: what Turbo has kept may stand in an older page. For parts that nobody
  // has listened for, the stream begins here too.
  #begin(name: string, own: string | null): string | null {
    const begin = own && this.part.begin(name, own)
    return begin && (oldest([begin, ...parts().map((part) => part.begin(name, begin))]) as string)
  }

  // What was lost stays marked as lost until a refreshed page says where it is.
  #write(): void {
    const element = this.#element
    if (isBehind() || element.hasAttribute(BEHIND) || markers.get(element) !== this || !element.isConnected) return
    const { cursor } = this
    if (cursor) element.dataset.cursor = this.#written = cursor
  }
}
