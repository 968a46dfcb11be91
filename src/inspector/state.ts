// What is so now: counts, connections and streams, as the pieces of the page that are kept up to date.

import type { Hub } from '../hub/hub'
import { html, type Markup } from './markup'
import { connectionRow, streamRow } from './rows'

/** How many lines a table has at most. */
const most = 100

/** The pieces, by the id of the element that each is the inside of. */
export type Pieces = Readonly<Record<string, Markup>>

/** The state of a hub. `rates` are the broadcasts of each of the last seconds, the latest last. */
export function pieces(hub: Hub, rates: readonly number[]): Pieces {
  const { connections, streams, subscriptions, broadcasts, slowConsumers, silentConnections } = hub.stats()
  const streamViews = hub.view.streams(most)
  const now = Date.now()
  const counts = { connections, streams, subscriptions, broadcasts, 'sent away': slowConsumers + silentConnections }
  return {
    counts: html`${Object.entries(counts).map(([name, count]) => html`<div><dt>${name}</dt><dd>${count}</dd></div>`)}`,
    rates: chart(rates),
    connections: html`${hub.view.connections(most).map((view) => connectionRow(view, now))}${rest(connections, 5)}`,
    streams: html`${streamViews.map(streamRow)}${rest(streams, 2)}`,
    'stream-names': html`${streamViews.map(({ name }) => html`<option value="${name}"></option>`)}`,
  }
}

function rest(count: number, columns: number): Markup | false {
  if (count === 0) return html`<tr class="rest"><td colspan="${columns}">none</td></tr>`
  return count > most && html`<tr class="rest"><td colspan="${columns}">and ${count - most} more</td></tr>`
}

// Bars, the latest at the right. What they say is in the caption.
function chart(rates: readonly number[]): Markup {
  const highest = Math.max(1, ...rates)
  const bars = rates.map((rate, index) => {
    const height = rate === 0 ? 0 : Math.max(1, Math.round((rate / highest) * 24))
    return (
      rate > 0 &&
      html`<rect x="${(index + seconds - rates.length) * 4}" y="${24 - height}" width="3" height="${height}"/>`
    )
  })
  return html`<svg viewBox="0 0 ${seconds * 4} 24" preserveAspectRatio="none" aria-hidden="true">${bars}</svg><figcaption><b>${rates.at(-1) ?? 0}</b>/s now, ${Math.max(0, ...rates)}/s at most in the last minute</figcaption>`
}

/** How many seconds the chart is long. */
export const seconds = 60
