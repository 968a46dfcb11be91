// The hidden element that turboStreamFrom() puts into a page, and the gem's own, which says less.

import { oldest } from './protocol.js'

/** What finds a marker. */
export const MARKER = '[data-turbo-stream][data-streams]'

/** The markers of a piece of a page, itself included. */
export function markersIn(root: Element): HTMLElement[] {
  const within = [...root.querySelectorAll<HTMLElement>(MARKER)]
  return root.matches(MARKER) ? [root as HTMLElement, ...within] : within
}

/** The names or tokens of a marker, each with its cursor: one cursor for each, or one that is good for all. */
export function streamsOf({
  dataset: { streams = '', cursor = '' },
}: HTMLElement): [stream: string, cursor: string | null][] {
  const cursors = cursor.split(',')
  const names = streams.split(',').map((name) => name.trim())
  return names.filter(Boolean).map((name, index) => [name, (cursors[index] ?? cursors[0]) || null])
}

/** How old a piece of a page is by its markers: the oldest cursor in it. */
export function cursorIn(root: Element): string | undefined {
  return oldest(markersIn(root).flatMap((marker) => streamsOf(marker).map(([, cursor]) => cursor)))
}
