// The lines that make a page live, in the template language and the module style of the app at hand.

import { namesAttribute, marker as staticMarker } from '../src/view/marker'
import type { Files } from './draft'
import { jsxLayouts } from './jsx'
import { callTag } from './layouts'
import { importLine, type ModuleStyle } from './script'
import type { View } from './views'

/** The marker in a view, an element with an id, and a broadcast, with where each belongs. */
export function nextLines(files: Files, pages: readonly View[], style: ModuleStyle): string {
  const page = pages.find(({ language }) => language !== 'html') ?? pages[0]
  const isJsx = !page && jsxLayouts(files).length > 0
  const view = isJsx
    ? 'in a component'
    : page
      ? page.language === 'html'
        ? `in ${page.path}`
        : 'in a view'
      : 'in a page'
  const name = freeId(files)
  const stream = quoted(name, style)
  return table([
    [view, isJsx ? jsxMarker(name) : marker(page, name)],
    ['beside it', page?.language === 'pug' ? `#${name} 0` : `<p id="${name}">0</p>`],
    ...broadcast('broadcastUpdateTo', `${stream}, { target: ${stream}, text: ${quoted('1', style)} }`, style),
  ])
}

/** The same for a page that a framework renders: it learns of a value, and renders it itself. */
export function nextLinesOfFramework(style: ModuleStyle): string {
  return table([
    ['in a component', "import { subscribe } from 'turbo-cable/client'"],
    ['where it starts', "const unsubscribe = subscribe('counter', (data) => console.log(data))"],
    ...broadcast('broadcastJson', `${quoted('counter', style)}, { count: 1 }`, style),
  ])
}

function broadcast(verb: string, parameters: string, style: ModuleStyle): Array<[string, string]> {
  return [
    ['where your routes are', importLine(verb, style)],
    [
      'a route there',
      `app.post(${quoted('/live', style)}, async (req, res) => { await ${verb}(${parameters}); res.sendStatus(204) })${style.semicolon}`,
    ],
  ]
}

function table(lines: ReadonlyArray<readonly [where: string, line: string]>): string {
  const width = Math.max(...lines.map(([where]) => where.length))
  return lines.map(([where, line], index) => `${index + 1}. ${where.padEnd(width)}  ${line}`).join('\n')
}

function quoted(text: string, { quote }: ModuleStyle): string {
  return quote + text + quote
}

// JSX prints HTML only as the inside of an element.
function jsxMarker(name: string): string {
  return `<div hidden dangerouslySetInnerHTML={{ __html: res.locals.turboStreamFrom('${name}') }} />`
}

function marker(page: View | undefined, name: string): string {
  // Who writes HTML in code has the response at hand, and with it the place from which the page listens.
  if (!page) return `\${res.locals.turboStreamFrom('${name}')}`
  if (page.language === 'html') return staticMarker([name])
  return callTag(page.language, 'turboStreamFrom', `'${name}'`, page.source)
}

// An id that no element of the app has, but for one that these lines have already brought there.
function freeId(files: Files): string {
  const names = ['counter', 'visits', 'live-counter']
  const ours = new RegExp(`turboStreamFrom|${namesAttribute}`)
  const taken = (name: string) =>
    [...files.values()].some((text) => new RegExp(`\\bid=["']${name}["']|#${name}\\b`).test(text) && !ours.test(text))
  return names.find((name) => !taken(name)) ?? 'turbo-cable-counter'
}
