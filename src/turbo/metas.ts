// What a page's <head> tells Turbo, under the names of turbo-rails' helpers. Those without a helper in Rails come last.

import { check, object, oneOf, type Rule } from '../options/check'
import { attributeText } from './tag'

/** How a page refresh changes the page. */
export type RefreshMethod = 'morph' | 'replace'

/** What a page refresh does with the scroll position. */
export type RefreshScroll = 'preserve' | 'reset'

/** `turboExemptsPageFromCacheTag() // → <meta name="turbo-cache-control" content="no-cache">`: no snapshot is kept of this page. */
export function turboExemptsPageFromCacheTag(): string {
  return meta('turbo-cache-control', 'no-cache')
}

/** `turboExemptsPageFromPreviewTag() // → <meta name="turbo-cache-control" content="no-preview">`: it is shown only when it is fresh. */
export function turboExemptsPageFromPreviewTag(): string {
  return meta('turbo-cache-control', 'no-preview')
}

/** `turboPageRequiresReloadTag() // → <meta name="turbo-visit-control" content="reload">`: a visit to this page loads it whole. */
export function turboPageRequiresReloadTag(): string {
  return meta('turbo-visit-control', 'reload')
}

/**
 * How refreshes of this page go: `turboRefreshesWith({ method: 'morph', scroll: 'preserve' })` → the two tags below.
 * Without options it is what Turbo does anyway, `replace` and `reset`. Throws `TURBO_CABLE_BAD_OPTION` for other values.
 */
export function turboRefreshesWith(options: { method?: RefreshMethod; scroll?: RefreshScroll } = {}): string {
  const { method = 'replace', scroll = 'reset' } = named(check('options', options, object))
  return turboRefreshMethodTag(method) + turboRefreshScrollTag(scroll)
}

/** `turboRefreshMethodTag('morph') // → <meta name="turbo-refresh-method" content="morph">`. Throws `TURBO_CABLE_BAD_OPTION`. */
export function turboRefreshMethodTag(method: RefreshMethod = 'replace'): string {
  return meta('turbo-refresh-method', check('method', method, oneOf('morph', 'replace')))
}

/** `turboRefreshScrollTag('preserve') // → <meta name="turbo-refresh-scroll" content="preserve">`. Throws `TURBO_CABLE_BAD_OPTION`. */
export function turboRefreshScrollTag(scroll: RefreshScroll = 'reset'): string {
  return meta('turbo-refresh-scroll', check('scroll', scroll, oneOf('preserve', 'reset')))
}

/** `turboRootTag('/app') // → <meta name="turbo-root" content="/app">`: Turbo leaves links to elsewhere to the browser. */
export function turboRootTag(path: string): string {
  return meta('turbo-root', check('path', path, aPath))
}

/** `turboPrefetchTag(false) // → <meta name="turbo-prefetch" content="false">`: a link that is pointed at is not fetched ahead. */
export function turboPrefetchTag(prefetch: boolean): string {
  return meta('turbo-prefetch', String(check('prefetch', prefetch, aBoolean)))
}

/** `turboViewTransitionTag() // → <meta name="view-transition" content="same-origin">`: visits between two such pages are animated. */
export function turboViewTransitionTag(): string {
  return meta('view-transition', 'same-origin')
}

/** `cspMetaTag('n') // → <meta name="csp-nonce" content="n">`: the nonce that Turbo gives to scripts of the pages that it loads. */
export function cspMetaTag(nonce: string): string {
  return meta('csp-nonce', nonce)
}

function meta(name: string, content: string): string {
  return `<meta${attributeText({ name, content })}>`
}

// Handlebars hands its helpers an object with the named arguments under `hash`.
function named<Options extends object>(given: Options): Options {
  return (given as { hash?: Options }).hash ?? given
}

const aPath: Rule = {
  words: 'a path such as "/app"',
  holds: (value) => typeof value === 'string' && value.startsWith('/'),
}
const aBoolean: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' }
