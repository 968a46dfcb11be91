// turboCableTags(): what an app without a bundler puts in its <head>.

import escapeHtml from 'escape-html'

/** Options of `turboCableTags()`. */
export interface TagsOptions {
  /** Nonce of the page's Content-Security-Policy, for both script tags. */
  readonly nonce?: string
  /** The cable's URL as the browser sees it; needed if a proxy adds a prefix. @default the mount path + `path` */
  readonly url?: string
}

/** Writes the import map and the script for a page without a bundler. */
export type TurboCableTags = (options?: TagsOptions) => string

const modules = {
  '@hotwired/turbo': 'turbo.js',
  '@hotwired/stimulus': 'stimulus.js',
  'turbo-cable/client': 'index.js',
  'turbo-cable/stimulus': 'turbo_streams_controller.js',
}

/**
 * Makes the helper for a cable whose URL is `url()`. It prints an import map and the script that starts Turbo, Stimulus and
 * the client, all served by the middleware itself; and the `action-cable-url` meta tag where the URL is not `/cable`.
 *
 * `turboCableTags({ nonce: 'n' })` → `<script type="importmap" nonce="n">{"imports":{"@hotwired/turbo":"/cable/turbo.js",…}}</script>
 * <script type="module" src="/cable/start.js" nonce="n"></script>`
 */
export function createTurboCableTags(url: () => string): TurboCableTags {
  return (given) => {
    // Handlebars gives its helpers an object that has the named arguments under `hash`.
    const options = (given as { hash?: TagsOptions } | undefined)?.hash ?? given ?? {}
    const base = options.url ?? url()
    const nonce = options.nonce ? ` nonce="${escapeHtml(options.nonce)}"` : ''
    const imports = Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, `${base}/${file}`]))
    // A `<` could end the script element. JSON may write it as an escape.
    const map = JSON.stringify({ imports }).replaceAll('<', '\\u003c')
    const meta = base === '/cable' ? '' : `<meta name="action-cable-url" content="${escapeHtml(base)}">\n`
    return `${meta}<script type="importmap"${nonce}>${map}</script>\n<script type="module" src="${escapeHtml(base)}/start.js"${nonce}></script>`
  }
}
