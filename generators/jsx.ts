// Puts data-controller="turbo-streams" on the <body> of a layout in JSX that the server renders.

import { controller } from '../src/view/marker'
import type { Draft, Files } from './draft'
import { maskScript } from './script-mask'

const jsx = /\.[jt]sx$/
const bodyTag = /<body((?:\s+[\w-]+="[^"<>{}]*")*)\s*>/g

/** The JSX files that open a page's body. */
export function jsxLayouts(files: Files): string[] {
  return [...files].flatMap(([path, source]) => (jsx.test(path) && /<body[\s>]/.test(maskScript(source)) ? [path] : []))
}

/**
 * Plans the change of the layouts: the controller where the attributes are plain, and what to write by hand. JSX escapes what it
 * prints, so that the tags cannot be a call in <head>: they go into the page when it is sent.
 */
export function planJsx(paths: readonly string[], files: Files, draft: Draft, withTags: boolean): void {
  for (const path of paths) {
    const source = files.get(path) ?? ''
    const masked = maskScript(source)
    let plain = 0
    const text = source.replace(bodyTag, (tag: string, attributes: string, at: number) => {
      if (!masked.startsWith('<body', at)) return tag
      plain++
      return attributes.includes(' data-controller=')
        ? withName(tag)
        : tag.replace(/\s*>$/, ` data-controller="${controller}">`)
    })
    if (plain === 0) {
      draft.skip(path, 'the attributes of its <body> are computed')
      draft.instruct(
        `${path}: the attributes of its <body> are computed. Have them include data-controller="${controller}".`,
      )
    } else if (text === source) draft.unchanged(path, 'its <body> is already there')
    else draft.change(path, text, `data-controller="${controller}" on <body>`)
  }
  const sent = [...files.values()].some((text) => text.includes('turboCableTags'))
  if (withTags && paths.length > 0 && !sent) {
    draft.instruct(
      `${paths.join(', ')}: JSX escapes HTML, so add the tags where the page is sent:\n  res.send(html.replace('</head>', () => res.locals.turboCableTags() + '</head>'))`,
    )
  }
}

// `<body data-controller="nav">` → `<body data-controller="nav turbo-streams">`
function withName(tag: string): string {
  return tag.replace(/( data-controller=")([^"]*)"/, (attribute, start: string, names: string) =>
    names.split(/\s+/).includes(controller) ? attribute : `${start}${`${names} ${controller}`.trim()}"`,
  )
}
