// turboCableTags(): what an app without a bundler puts in its <head>. What the installer prints comes from here too.

import { defaultPath } from '../options/limits'
import { escapeHtml } from '../turbo/tag'

/** The options of `turboCableTags()`. */
export interface TagsOptions {
  /** Nonce of the page's Content-Security-Policy, for both script tags. */
  readonly nonce?: string
  /** The cable's URL as the browser sees it, where a proxy puts a prefix before it. @default the mount path + `path` */
  readonly url?: string
}

/**
 * Prints an import map and the script that starts Turbo, Stimulus and the client, all served by the middleware itself; and the
 * `action-cable-url` meta tag where the URL is not `/cable`. It is HTML, so print it with the engine's raw tag.
 *
 * ```ts
 * turboCableTags({ nonce: 'n' })
 * // → <script type="importmap" nonce="n">{"imports":{"@hotwired/turbo":"/cable/turbo.js",…}}</script>
 * //   <script type="module" src="/cable/start.js" nonce="n"></script>
 * ```
 */
export type TurboCableTags = (options?: TagsOptions) => string

const modules = {
  '@hotwired/turbo': 'turbo.js',
  '@hotwired/stimulus': 'stimulus.js',
  'turbo-cable/client': 'start.js',
  'turbo-cable/stimulus': 'start.js',
}

/** Makes the helper for a cable whose URL is `url()`. */
export function createTurboCableTags(url: () => string): TurboCableTags {
  return (given) => {
    // Handlebars hands its helpers an object with the named arguments under `hash`.
    const options = (given as { hash?: TagsOptions } | undefined)?.hash ?? given ?? {}
    return headTags(options.url ?? url(), options.nonce).join('\n')
  }
}

/** The tags of a page whose cable is at `base`, a line each. */
export function headTags(base: string = defaultPath, nonce?: string): string[] {
  const attribute = nonce ? ` nonce="${escapeHtml(nonce)}"` : ''
  return [
    ...(base === defaultPath ? [] : [`<meta name="action-cable-url" content="${escapeHtml(base)}">`]),
    `<script type="importmap"${attribute}>${importMap(base)}</script>`,
    `<script type="module" src="${escapeHtml(base)}/start.js"${attribute}></script>`,
  ]
}

/** The import map of a page whose cable is at `base`: the exact text that stands in its script tag. */
export function importMap(base: string = defaultPath): string {
  const imports = Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, `${base}/${file}`]))
  // `<` could end the script element; JSON may spell it this way.
  return JSON.stringify({ imports }).replaceAll('<', '\\u003c')
}
