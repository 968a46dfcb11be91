// Looks at HTML and at templates that become HTML without parsing them: hides what is no markup of the page.

/** The template languages whose files look like HTML. `html` is a page that nothing renders. */
export type MarkupLanguage = 'html' | 'ejs' | 'eta' | 'hbs' | 'njk'

type Delimiters = readonly [open: string, close: string]

const expressions: Record<MarkupLanguage, readonly Delimiters[]> = {
  html: [],
  ejs: [['<%', '%>']],
  eta: [['<%', '%>']],
  hbs: [
    ['{{!--', '--}}'],
    ['{{{', '}}}'],
    ['{{', '}}'],
  ],
  njk: [
    ['{#', '#}'],
    ['{%', '%}'],
    ['{{', '}}'],
  ],
}

// A comment, or the tag before raw text. A tag has no `<` outside of quotes, so that a search ends where the next tag starts.
const hiding = /<!--|<(script|style|textarea|title)\b(?:"[^"]*"|'[^']*'|[^<>"'])*>/gi

/**
 * A copy of the same length in which template expressions, comments and the contents of scripts and styles are blank.
 *
 * @example maskMarkup('<body class="<%= page %>"><!-- <body> -->', 'ejs') // '<body class="           ">               '
 */
export function maskMarkup(source: string, language: MarkupLanguage): string {
  return blankRawText(blankExpressions(source, expressions[language]))
}

// Blanks the expressions. What is opened and never closed is none, and is looked for only once.
function blankExpressions(source: string, delimiters: readonly Delimiters[]): string {
  if (delimiters.length === 0) return source
  const left = [...delimiters]
  const opening = () => new RegExp(left.map(([open]) => open.replace(/[{}]/g, '\\$&')).join('|'), 'g')
  let open = opening()
  return spliced(source, (from) => {
    while (left.length > 0) {
      open.lastIndex = from
      const start = open.exec(source)
      if (!start) return undefined
      const kind = left.findIndex(([text]) => text === start[0])
      const close = left[kind]?.[1] ?? ''
      const end = source.indexOf(close, start.index + start[0].length)
      if (end >= 0) return [start.index, end + close.length]
      left.splice(kind, 1)
      open = opening()
    }
    return undefined
  })
}

// Blanks comments and what stands in scripts and the like. An element that is never closed keeps its text.
function blankRawText(markup: string): string {
  const open = new RegExp(hiding)
  const unclosed = new Set<string>()
  return spliced(markup, (from) => {
    open.lastIndex = from
    for (let start = open.exec(markup); start; start = open.exec(markup)) {
      const name = start[1]?.toLowerCase()
      if (name === undefined) {
        const end = markup.indexOf('-->', start.index)
        return [start.index, end < 0 ? markup.length : end + 3]
      }
      if (unclosed.has(name)) continue
      const close = new RegExp(`</${name}\\s*>`, 'gi')
      close.lastIndex = open.lastIndex
      const end = close.exec(markup)?.index
      if (end !== undefined) return [open.lastIndex, end]
      unclosed.add(name)
    }
    return undefined
  })
}

// The text with the stretches blanked that `next` finds, each from a place on.
function spliced(text: string, next: (from: number) => readonly [start: number, end: number] | undefined): string {
  let result = ''
  let done = 0
  for (let stretch = next(0); stretch; stretch = next(done)) {
    const [start, end] = stretch
    result += text.slice(done, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ')
    done = end
  }
  return result + text.slice(done)
}
