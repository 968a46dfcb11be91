// The source of a broadcast, with its tags and texts told apart.

import { html, type Markup } from './markup'

/** How much of a source is shown, in characters. */
const shown = 8_192

/** `source('<p class="a">hi</p>')`: the text escaped, tags and the values of their attributes marked. */
export function source(text: string, isHtml: boolean): Markup {
  const head = text.slice(0, shown)
  const left = text.length - head.length
  const more = left > 0 ? html`<i class="more">… ${left} more characters</i>` : undefined
  if (!isHtml) return html`${head}${more}`
  return html`${head.split(/(<[^<>]*>)/).map((part, index) => (index % 2 === 0 ? part : tag(part)))}${more}`
}

function tag(text: string): Markup {
  const parts = text.split(/("[^"]*")/)
  return html`<b>${parts.map((part, index) => (index % 2 === 0 ? part : html`<u>${part}</u>`))}</b>`
}
