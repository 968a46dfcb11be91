// The views of an app: which files make pages, in which template language, and which file takes in which.

import type { Files } from './draft'
import { addToMarkupBody, type BodyResult, hasMarkupBody } from './markup-body'
import type { MarkupLanguage } from './markup-mask'
import { addMarkupTags, hasMarkupHead } from './markup-tags'
import { directoryOf, posixJoin } from './paths'
import { addPugLine, addToPugBody, hasPugBody, hasPugHead } from './pug'

export type Language = MarkupLanguage | 'pug'

export interface View {
  path: string
  source: string
  language: Language
  body: boolean
  head: boolean
}

const languages: Record<string, Language> = {
  ejs: 'ejs',
  eta: 'eta',
  hbs: 'hbs',
  handlebars: 'hbs',
  njk: 'njk',
  nunjucks: 'njk',
  pug: 'pug',
  jade: 'pug',
}

const includes: Record<Language, RegExp> = {
  html: /(?!)/g,
  ejs: /\binclude\s*\(\s*["'`]([^"'`]+)["'`]|<%[-_=]?\s*include\s+([\w./-]+)/g,
  eta: /\b(?:include|includeFile|layout)\s*\(\s*["'`]([^"'`]+)["'`]/g,
  hbs: /\{\{#?>\s*([\w./-]+)/g,
  njk: /\{%-?\s*(?:include|extends)\s+["']([^"']+)["']/g,
  pug: /^[ \t]*(?:include|extends)\s+(\S+)/gm,
}

/** Every file that may hold a page's markup. A `.html` file among the views is in the language its engine renders. */
export function viewsOf(files: Files): View[] {
  const htmlLanguage = renderedHtml(files)
  return [...files].flatMap(([path, source]) => {
    const extension = /\.(\w+)$/.exec(path)?.[1] ?? ''
    const rendered = /(?:^|\/)(?:views|templates|layouts)\//.test(path) ? htmlLanguage : 'html'
    const language = languages[extension] ?? (/^html?$/.test(extension) ? rendered : undefined)
    if (!language) return []
    if (language === 'pug') return { path, source, language, body: hasPugBody(source), head: hasPugHead(source) }
    return { path, source, language, body: hasMarkupBody(source, language), head: hasMarkupHead(source, language) }
  })
}

/** Adds the controller to the body, whatever the language. */
export function addToBody(source: string, language: Language): BodyResult {
  return language === 'pug' ? addToPugBody(source) : addToMarkupBody(source, language)
}

/** Adds the tags to the head, whatever the language; undefined where there is no safe place. */
export function addTags(source: string, language: Language, tags: readonly string[]): string | undefined {
  return language === 'pug' ? addPugLine(source, tags.join('')) : addMarkupTags(source, language, tags)
}

/**
 * The views that end up in one page with this one: what it takes in, what takes it in, and what that takes in
 * beside it. The view itself comes first.
 */
export function samePage(view: View, views: readonly View[]): View[] {
  const pages = views.filter((other) => other !== view && reach(other, views).includes(view))
  return [...new Set([view, ...reach(view, views), ...pages.flatMap((page) => [page, ...reach(page, views)])])]
}

function reach(view: View, views: readonly View[], seen: View[] = []): View[] {
  for (const match of view.source.matchAll(includes[view.language])) {
    const included = named(match[1] ?? match[2] ?? '', view, views)
    if (!included || seen.includes(included) || included === view) continue
    seen.push(included)
    reach(included, views, seen)
  }
  return seen
}

// The view that a name in another view means: beside it first, then anywhere below the views' directories.
function named(name: string, from: View, views: readonly View[]): View | undefined {
  const stem = (path: string) => path.replace(/\.\w+$/, '')
  const wanted = stem(posixJoin('', name))
  const beside = stem(posixJoin(directoryOf(from.path), name))
  const same = views.filter(({ language }) => language === from.language)
  return same.find(({ path }) => stem(path) === beside) ?? same.find(({ path }) => stem(path).endsWith(`/${wanted}`))
}

// What renders the views' .html files, by what the server's code says of it.
function renderedHtml(files: Files): MarkupLanguage {
  for (const [path, source] of files) {
    if (!/\.[cm]?[jt]s$/.test(path)) continue
    const engine = /\.engine\(\s*["'`]\.?html["'`]\s*,([^\n]*)/.exec(source)?.[1] ?? ''
    if (/ejs/.test(engine)) return 'ejs'
    if (/eta/i.test(engine)) return 'eta'
    if (/hbs|handlebars/i.test(engine)) return 'hbs'
    if (/nunjucks\.configure\(/.test(source)) return 'njk'
  }
  return 'html'
}
