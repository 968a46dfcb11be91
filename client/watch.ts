// Finds the markers that come into the document, leave it, or are rewritten in place, however that happens.

import { markersIn } from './marker.js'
import { connectMarker, disconnectMarkers } from './markers.js'
import { html, returned } from './parts.js'

let watching = 0
const observer = new MutationObserver(look)

/** Connects every marker of the document from now on. Returns the function that ends it; the last to end it disconnects them. */
export function watchMarkers(): () => void {
  if (!watching++) {
    observer.observe(document, {
      childList: true,
      subtree: true,
      attributeFilter: ['data-streams', 'data-cursor', 'connected'],
    })
    for (const marker of markersIn(html)) connectMarker(marker, html)
  }
  let ended = false
  return () => {
    if (ended) return
    ended = true
    // In a visit the next page's controller comes a moment after this one has gone.
    queueMicrotask(() => {
      if (--watching) return
      observer.disconnect()
      disconnectMarkers(true)
    })
  }
}

function look(records: MutationRecord[]): void {
  disconnectMarkers(false)
  for (const { type, target, addedNodes } of records) {
    const inserted = type === 'attributes' ? [target] : addedNodes
    for (const node of inserted) {
      if (node instanceof Element && node.isConnected) {
        returned(node)
        for (const marker of markersIn(node)) connectMarker(marker, node)
      }
    }
  }
}
