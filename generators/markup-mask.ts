// Looks at HTML and at templates that become HTML without parsing them: hides what is no markup of the page.

/** The template languages whose files look like HTML. `html` is a page that nothing renders. */
export type MarkupLanguage = 'html' | 'ejs' | 'eta' | 'hbs' | 'njk'

const expressions: Record<MarkupLanguage, RegExp | undefined> = {
  html: undefined,
  ejs: /<%[\s\S]*?%>/g,
  eta: /<%[\s\S]*?%>/g,
  hbs: /\{\{!--[\s\S]*?--\}\}|\{\{\{[\s\S]*?\}\}\}|\{\{[\s\S]*?\}\}/g,
  njk: /\{#[\s\S]*?#\}|\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g,
}

const rawText =
  /<!--[\s\S]*?(?:-->|$)|(<(script|style|textarea|title)\b(?:"[^"]*"|'[^']*'|[^>"'])*>)([\s\S]*?)(<\/\2\s*>)/gi

/**
 * A copy of the same length in which template expressions, comments and the contents of scripts and styles are blank.
 *
 * @example maskMarkup('<body class="<%= page %>"><!-- <body> -->', 'ejs') // '<body class="           ">               '
 */
export function maskMarkup(source: string, language: MarkupLanguage): string {
  const expression = expressions[language]
  const markup = expression ? source.replace(expression, blank) : source
  return markup.replace(rawText, (whole: string, open?: string, _name?: string, text?: string, close?: string) =>
    open === undefined ? blank(whole) : `${open}${blank(text ?? '')}${close}`,
  )
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}
