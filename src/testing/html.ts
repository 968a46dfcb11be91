// Finds elements in HTML by their names: as much of HTML as a test needs to see streams and frames, and no more.

/** An element as it stands in the HTML. */
export interface HtmlElement {
  /** The attributes, decoded, by their names in lower case. */
  readonly attributes: Readonly<Record<string, string>>
  /** What is between its tags, as it is written. */
  readonly html: string
}

/**
 * The elements of that name in the order of their opening tags, nested ones too. What is in a `<template>`, in a comment or in a
 * script is not in the document, so it is left out.
 */
export function elementsNamed(name: string, html: string): HtmlElement[] {
  const found: { attributes: Record<string, string>; html: string }[] = []
  const open: { name: string; start: number; index: number | undefined }[] = []
  const close = (at: number, end: number) => {
    for (const { index, start } of open.splice(at)) {
      const element = index === undefined ? undefined : found[index]
      if (element) element.html = html.slice(start, end)
    }
  }

  token.lastIndex = 0
  for (let next = token.exec(html); next; next = token.exec(html)) {
    const [, slash, given = '', attributes = ''] = next
    const tag = given.toLowerCase()
    if (rawText.has(tag) && !slash) skipTo(tag, html)
    if (tag !== name && tag !== 'template') continue
    if (slash) {
      // An end tag in a template ends nothing outside it.
      const at = open.findLastIndex((element) => element.name === tag || element.name === 'template')
      if (open[at]?.name === tag) close(at, next.index)
      continue
    }
    const hidden = open.some((element) => element.name === 'template')
    const wanted = tag === name && !hidden
    if (wanted) found.push({ attributes: attributesOf(attributes), html: '' })
    open.push({ name: tag, start: token.lastIndex, index: wanted ? found.length - 1 : undefined })
  }
  close(0, html.length)
  return found
}

// A comment, or a tag whose attributes may hold `>` in quotes.
const token = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
const rawText = new Set(['script', 'style', 'textarea', 'title', 'iframe', 'noembed', 'noframes', 'xmp'])

function skipTo(tag: string, html: string): void {
  const end = new RegExp(`</${tag}[\\s/>]`, 'gi')
  end.lastIndex = token.lastIndex
  token.lastIndex = end.exec(html)?.index ?? html.length
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', ...values] of text.matchAll(attribute)) {
    attributes[name.toLowerCase()] ??= decoded(values.find((value) => value !== undefined) ?? '')
  }
  return attributes
}

// What escaping writes: by number, and the five that have names in XML.
const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(amp|lt|gt|quot|apos));/gi, (_all, decimal, hex, name) =>
    name
      ? (names[name.toLowerCase()] ?? '')
      : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  )
}
