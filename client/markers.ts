// The hidden elements that turboStreamFrom() puts into a page: each subscribes to its streams while it is there, shows
// `connected` while the server serves it, and keeps in `data-cursor` how far the page around it has come.

import { SPREAD } from './connection.js'
import { emit } from './emit.js'
import { connection, gap } from './page.js'
import { afterRender, render } from './render.js'
import type { Listener } from './subscriptions.js'

const markers = new Map<HTMLElement, Marker>()
/** Tokens that have expired: a refreshed page brings new ones, or else it was no use. */
const expired = new Set<string>()

/** Subscribes to the streams an element names, or, if it is known, to what a morph has made of them. */
export function connectMarker(element: HTMLElement): void {
  // A preview is replaced in a moment; what it would ask for is what that page asks for too.
  if (document.documentElement.hasAttribute('data-turbo-preview')) return
  const marker = markers.get(element)
  const { streams = '', cursor } = element.dataset
  if (marker?.unchanged(streams, cursor)) {
    marker.show()
    return
  }
  const own = marker?.streams === streams ? marker.cursor : null
  markers.set(element, new Marker(element, streams, cursor || own))
  marker?.release()
}

/** Releases the streams of an element that has left the page. */
export function disconnectMarker(element: HTMLElement): void {
  markers.get(element)?.release()
  markers.delete(element)
}

class Marker {
  readonly streams: string
  readonly #element: HTMLElement
  readonly #listeners: Listener[]
  readonly #releases: (() => void)[]
  #written: string | undefined
  #gap = false

  constructor(element: HTMLElement, streams: string, cursor: string | null) {
    this.#element = element
    this.streams = streams
    this.#written = element.dataset.cursor
    const names = streams.split(',').filter(Boolean)
    const cursors = cursor?.split(',') ?? []
    this.#listeners = names.map((stream, index) => ({
      cursor: (cursors[index] ?? cursors[0]) || null,
      live: false,
      deliver: render,
      notify: (change, reason) => {
        this.show()
        emit(`turbo-cable:${change}`, { stream, reason }, element)
        if (reason !== 'expired' || expired.has(stream)) return
        expired.add(stream)
        gap(stream, SPREAD)
      },
      moved: (lost) => this.#moved(lost),
    }))
    this.show()
    const cable = connection()
    this.#releases = names.map((stream, index) => cable.subscribe(stream, this.#listeners[index] as Listener))
  }

  /** As in `data-cursor`: one cursor for each stream. A page comes with one for all of them, the position it was read at. */
  get cursor(): string {
    return this.#listeners.map((listener) => listener.cursor).join()
  }

  /** Is the element as it was left? Then a morph has made no other part of the page older either. */
  unchanged(streams: string, cursor: string | undefined): boolean {
    this.#gap = false
    return streams === this.streams && cursor === this.#written
  }

  show(): void {
    this.#element.toggleAttribute(
      'connected',
      this.#listeners.every(({ live }) => live),
    )
  }

  release(): void {
    for (const release of this.#releases) release()
  }

  // What was lost stays marked as lost until a refreshed page says where it is.
  #moved(lost: boolean): void {
    const { cursor } = this
    this.#gap ||= lost
    afterRender(() => {
      if (this.#gap || markers.get(this.#element) !== this || !this.#element.isConnected) return
      this.#element.dataset.cursor = this.#written = cursor
    })
  }
}
