// Decides for every view what an install does with it: the controller on its body, the tags in its page's head.

import { controller } from '../src/view/marker'
import { headTags } from '../src/view/tags'
import type { Draft, Files } from './draft'
import { jsxLayouts, planJsx } from './jsx'
import { hasOwnModules } from './markup-tags'
import { addTags, addToBody, type Language, samePage, type View, viewsOf } from './views'

const email = /(?:^|[/._-])(?:e?-?mails?|mailers?|newsletters?|pdfs?)(?:[/._-]|$)/i
const publicFile = /(?:^|\/)(?:public|static)\//
const generated = /<meta\b[^<>]*\bname\s*=\s*["']?generator\b/i
const unknownTemplate = /\.(?:mustache|twig|liquid|marko|dust|vash|astro)$/
const manyPages = 20

const staticTags = headTags()

/** How a template writes a call of ours so that its HTML is not escaped. */
export function callTag(language: Language, name: string, argument: string, source: string): string {
  const call = `${name}(${argument})`
  switch (language) {
    case 'ejs':
      return `<%- ${call} %>`
    case 'eta':
      return `<%~ ${/<%[^%]*\bit\./.test(source) || !/<%[=~]/.test(source) ? 'it.' : ''}${call} %>`
    case 'hbs':
      return `{{{${name}${argument === '' ? '' : ` ${argument}`}}}}`
    case 'njk':
      return `{{ ${call} | safe }}`
    case 'pug':
      return `!= ${call}`
    case 'html':
      return ''
  }
}

/** Plans the changes of the views; returns those that are pages of this app, layouts first. */
export function planLayouts(files: Files, draft: Draft, withTags: boolean): View[] {
  const views = viewsOf(files)
  const pages = pagesOf(views, draft, withTags)
  for (const path of files.keys()) {
    if (unknownTemplate.test(path) && /<body[\s>]/i.test(files.get(path) ?? '')) {
      draft.skip(path, 'its template language is not known')
      draft.instruct(
        `${path}: add data-controller="${controller}" to <body>${withTags ? ' and what turboCableTags() returns, unescaped, to <head>' : ''}.`,
      )
    }
  }
  const layouts = jsxLayouts(files)
  planJsx(layouts, files, draft, withTags)
  if (pages.length === 0 && layouts.length === 0 && draft.instructions.every((text) => !text.includes('<body>'))) {
    draft.instruct(
      `No view with a <body> was found. Where your pages are made, write <body data-controller="${controller}">${withTags ? ' and add turboCableTags() to <head>, unescaped' : ''}.`,
    )
  }
  for (const page of pages) {
    planBody(page, draft, withTags)
    if (withTags) planTags(page, views, draft)
  }
  return pages
}

// The views that open a page's body and that people open in a browser.
function pagesOf(views: readonly View[], draft: Draft, withTags: boolean): View[] {
  const bodies = views.filter(({ body }) => body)
  const rendered = bodies.filter(({ path, language }) => language !== 'html' || !publicFile.test(path))
  const candidates = rendered.length > 0 || !withTags ? rendered : bodies
  const pages = candidates.filter(({ path, source }) => {
    if (email.test(path)) draft.skip(path, 'not a page of the app, by its name')
    else if (generated.test(source)) draft.skip(path, 'another tool generates it')
    else return true
    return false
  })
  if (pages.length <= manyPages || pages.some(({ language }) => language !== 'html')) return pages
  draft.instruct(
    `${pages.length} static pages were found (${pages[0]?.path}, …): too many to change unasked. Give those that should be live <body data-controller="${controller}">, and in <head>:\n  ${staticTags.join('\n  ')}`,
  )
  return []
}

function planBody({ path, language }: View, draft: Draft, withTags: boolean): void {
  const { status, text } = addToBody(draft.read(path) ?? '', language)
  if (status === 'changed') draft.change(path, text, `data-controller="${controller}" on <body>`)
  else if (status === 'unchanged')
    draft.unchanged(path, withTags ? 'its <body> and tags are already there' : 'its <body> is already there')
  else if (status === 'manual') {
    draft.skip(path, 'the attributes of its <body> are computed')
    draft.instruct(
      `${path}: the attributes of its <body> are computed. Have them include data-controller="${controller}".`,
    )
  }
}

function planTags(page: View, views: readonly View[], draft: Draft): void {
  const together = samePage(page, views)
  const source = (view: View) => draft.read(view.path) ?? view.source
  if (together.some((view) => hasTags(source(view)))) return
  // Tags in a partial that this reading cannot follow: its author has placed them.
  if (views.some((view) => !view.body && !view.head && hasTags(view.source))) return
  const own = together.find((view) => view.language !== 'pug' && hasOwnModules(source(view), view.language))
  const tag =
    page.language === 'html' ? staticTags.join('\n  ') : callTag(page.language, 'turboCableTags', '', source(page))
  if (own) {
    draft.skip(own.path, 'it loads Turbo or sets an import map itself')
    draft.instruct(
      `${own.path} loads Turbo or sets an import map itself, and a page takes only one of each. Either replace that by ${tag}, or import turbo-cable/stimulus there and register its TurboStreamsController as "${controller}".`,
    )
    return
  }
  const target = together.find(({ head }) => head) ?? page
  const tags =
    target.language === 'html' ? staticTags : [callTag(target.language, 'turboCableTags', '', source(target))]
  const text = addTags(source(target), target.language, tags)
  const place = target.head ? '<head>' : '<body>'
  if (text !== undefined)
    draft.change(
      target.path,
      text,
      `${target.language === 'html' ? 'the script tags' : 'turboCableTags()'} in ${place}`,
    )
  else draft.instruct(`${target.path}: add to <head>\n  ${tag}`)
}

function hasTags(source: string): boolean {
  return (
    /turboCableTags|\/start\.js["'][^>]*><\/script>/.test(source) && /turboCableTags|turbo-cable\/stimulus/.test(source)
  )
}
