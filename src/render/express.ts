// Renders with an Express app's own view engine. Never imports Express.

import { failure } from '../errors'
import { checkedHtml, partialCandidates, partialLocals, renderFailure } from './partial'
import type { Renderer } from './renderer'

/** The methods of an Express app that are needed. */
export interface ViewApp {
  /** `get('view engine')` is the extension of its views. */
  get?(setting: string): unknown
  /** Calls back with the view's HTML, or with what failed. */
  render(name: string, options: object, callback: (error: Error, html: string) => void): void
}

/**
 * Renders with `app.render`: the app's view engine, its `views` folders and its `app.locals` apply.
 * The partial `messages/message` is the view `messages/_message`, or `messages/message` where there is none.
 * A layout is not applied, unless the locals name one.
 */
export function expressRenderer(app: ViewApp): Renderer {
  return {
    async render(partial, locals) {
      const candidates = partialCandidates(partial).map((name) => withExtension(app, name))
      let folders: readonly string[] = []
      for (const name of candidates) {
        try {
          return checkedHtml(await renderView(app, name, partialLocals(locals)))
        } catch (error) {
          if (!isMissing(error, name)) throw renderFailure(partial, error)
          folders = foldersOf(error)
        }
      }
      throw failure('TURBO_CABLE_PARTIAL_MISSING', [partial, candidates, folders])
    },
  }
}

// Express takes `.turbo_stream` for the extension, and so for the engine's name.
function withExtension(app: ViewApp, name: string): string {
  if (!name.endsWith('.turbo_stream')) return name
  const engine = app.get?.('view engine')
  return typeof engine === 'string' && engine ? `${name}.${engine.replace(/^\./, '')}` : name
}

function renderView(app: ViewApp, name: string, options: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    app.render(name, options, (error: unknown, html: unknown) => (error ? reject(error) : resolve(html)))
  })
}

// Express gives its lookup error the view it looked for; Nunjucks looks by itself, and has but a message. A view missing *inside* a
// template has another name, or that message behind others: that is a failure of the template, no reason to try the next.
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false
  if (!('view' in error)) {
    const looked = /^template not found: (.*)$/.exec(error.message)?.[1]
    return looked === name || looked?.replace(/\.[^./]*$/, '') === name
  }
  const { view } = error
  return typeof view === 'object' && view !== null && 'name' in view && view.name === name
}

// Where the view was looked for: `app.get('views')`, a folder or several.
function foldersOf(error: unknown): string[] {
  const { root } = Object((error as { view?: unknown }).view) as { root?: unknown }
  return [root].flat().filter((folder) => typeof folder === 'string')
}
