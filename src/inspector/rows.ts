// The lines of the inspector's lists: entries of the record, connections, streams. Everything in them was chosen by strangers.

import type { ConnectionView, StreamView } from '../hub/view'
import type { Entry, Sent } from './entry'
import { counted } from './lines'
import { html, type Markup } from './markup'
import { source } from './source'

/** What the filter looks for is in `data-text`, in small letters. */
const searched = (...texts: readonly (string | number | undefined)[]) => texts.join(' ').toLowerCase()

/** An entry of the record. `open` shows what is within. */
export function entryRow(entry: Entry, open: boolean): Markup {
  const { id, at, kind, stream, title, why, sent } = entry
  const time = new Date(at)
  return html`<li id="entry-${id}" data-kind="${kind}" data-text="${searched(stream, title, why, kind)}"><details${open && html` open`}><summary>
<time datetime="${time.toISOString()}">${time.toTimeString().slice(0, 8)}</time> <span class="kind">${kind}</span>
${stream !== undefined && html`<b class="stream">${stream}</b> `}<span class="title">${title}</span>${sent && facts(sent)}</summary>
${sent ? content(id, sent, stream) : html`<p class="why">${worded(why ?? 'Nothing more is known of it.')}</p>`}</details></li>
`
}

// What stands in backticks is code.
function worded(text: string): Markup {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

function facts({ size, recipients, position, ms }: Sent): Markup {
  const reach =
    recipients === 0
      ? html`<span class="nobody">no subscriber</span>`
      : html`<span>${counted(recipients, 'subscriber')}</span>`
  return html`<span class="facts">${reach} <span>${bytes(size)}</span> <span title="position">#${position}</span> <span>${ms < 0.1 ? '< 0.1' : ms.toFixed(1)} ms</span></span>`
}

// The rendering is a document of its own, which is asked for when it comes into view.
function content(id: number, { data, isHtml, cut, cursor }: Sent, stream = ''): Markup {
  const again =
    !cut &&
    html`<button type="button" data-action="inspector#again" data-stream="${stream}" data-json="${isHtml ? '' : 'json'}">Put into the form</button>`
  const rendered =
    isHtml &&
    html`<figure><figcaption>Rendered</figcaption>
<iframe sandbox tabindex="-1" loading="lazy" title="Rendering of entry ${id}" src="inspector/rendered/${id}"></iframe></figure>`
  return html`<div class="content">${rendered}<figure><figcaption>Source <span>cursor ${cursor}${cut && ', the beginning'}</span>${again}</figcaption>
<pre tabindex="0" aria-label="Source of entry ${id}"><code>${source(data, isHtml)}</code></pre></figure></div>`
}

/** A connection. */
export function connectionRow(view: ConnectionView, now: number): Markup {
  const { number, wire, subject, address = 'an unknown address', pending, since, streams } = view
  return html`<tr id="connection-${number}" data-text="${searched(number, wire, subject, address)}">
<th scope="row">${number}</th><td>${subject ?? html`<i>nobody</i>`} <small>${wire} from ${address}</small></td>
<td class="number">${streams}</td><td class="number${pending > 0 && ' warn'}">${bytes(pending)}</td><td class="number">${age(now - since)}</td></tr>
`
}

/** A stream. */
export function streamRow({ name, subscribers }: StreamView): Markup {
  return html`<tr data-text="${searched(name)}"><th scope="row"><button type="button" data-action="inspector#only" title="Show this stream alone">${name}</button></th><td class="number">${subscribers}</td></tr>
`
}

/** `bytes(2048) // → '2.0 KB'` */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`
  return count < 1_048_576 ? `${(count / 1_024).toFixed(1)} KB` : `${(count / 1_048_576).toFixed(1)} MB`
}

// In steps that leave a line as it is for as long as possible: a line that changes has to be sent.
function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return '< 1 min'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}
