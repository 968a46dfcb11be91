// Partials to HTML. The Renderer seam, and the one that uses the Express app's own view engine. Never imports Express.

import { failure } from '../errors'

/** What a partial sees, by name. */
export type Locals = Readonly<Record<string, unknown>>

/** Renders partials. Rejects with `TURBO_CABLE_PARTIAL_MISSING` or `TURBO_CABLE_RENDER_FAILED`. */
export interface Renderer {
  render(partial: string, locals: Locals): Promise<string>
}

/** The one method of an Express app that is needed. */
export interface ViewApp {
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
      const candidates = partialCandidates(partial)
      for (const name of candidates) {
        try {
          return checkedHtml(await renderView(app, name, partialLocals(locals)))
        } catch (error) {
          if (!isMissing(error, name)) throw renderFailure(partial, error)
        }
      }
      throw failure('TURBO_CABLE_PARTIAL_MISSING', [partial, candidates])
    },
  }
}

/** Renders with a function of the app's own. */
export function functionRenderer(
  render: (partial: string, locals: Record<string, unknown>) => string | Promise<string>,
): Renderer {
  return {
    async render(partial, locals) {
      try {
        return checkedHtml(await render(partial, { ...locals }))
      } catch (error) {
        throw renderFailure(partial, error)
      }
    },
  }
}

/** The views a partial may be, first choice first. `'rooms/card' // → ['rooms/_card', 'rooms/card']`, `'_card' // → ['_card']` */
export function partialCandidates(partial: string): readonly string[] {
  const start = partial.lastIndexOf('/') + 1
  if (partial.startsWith('_', start)) return [partial]
  return [`${partial.slice(0, start)}_${partial.slice(start)}`, partial]
}

/** hbs, express-handlebars and express-ejs-layouts would wrap every partial in the page's layout. */
export function partialLocals(locals: Locals): Record<string, unknown> {
  return { layout: false, ...locals }
}

/** What a template threw, under the name of its partial. */
export function renderFailure(partial: string, error: unknown): Error {
  return failure('TURBO_CABLE_RENDER_FAILED', [partial, error instanceof Error ? error.message : String(error)], error)
}

/** An engine's result, which must be a string. */
export function checkedHtml(html: unknown): string {
  if (typeof html === 'string') return html
  throw new TypeError(`the view engine gave ${html === null ? 'null' : typeof html} instead of a string`)
}

function renderView(app: ViewApp, name: string, options: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    app.render(name, options, (error: unknown, html: unknown) => (error ? reject(error) : resolve(html)))
  })
}

// Express gives its lookup error the view it looked for. A view missing *inside* a template has another name: that is a
// failure of the template, not a reason to try the next candidate.
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !('view' in error)) return false
  const { view } = error
  return typeof view === 'object' && view !== null && 'name' in view && view.name === name
}
