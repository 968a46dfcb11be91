// HTML that cannot be written unescaped: streams, identities and broadcasts are what strangers have chosen.

import { escapeHtml } from '../turbo/tag'

/** A piece of HTML that is safe to print. Only `html` makes one of text. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

type Value = string | number | Markup | false | undefined | readonly Value[]

/** Writes HTML: `html`<b>${name}</b>`` escapes `name`. Pieces of HTML stay as they are, lists are joined, `false` is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${written(values[index - 1])}${string}`))
}

function written(value: Value): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return (value as readonly Value[]).map(written).join('')
  return escapeHtml(String(value))
}
