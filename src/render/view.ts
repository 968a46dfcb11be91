// Partials by the one function with which a framework's view plugin renders a template to HTML.

import { failure } from '../errors'
import { checkedHtml, partialCandidates, partialLocals, renderFailure } from './partial'
import type { Renderer } from './renderer'

/** Renders the template of that name, as `fastify.view` and Koa's `context.render` do; some take a compiled template too. */
export type View = (template: string | (() => string), locals: Record<string, unknown>) => unknown

/** A renderer that asks `view` for `messages/_message`, then for `messages/message`. */
export function viewRenderer(view: View): Renderer {
  return {
    async render(partial, locals) {
      const candidates = partialCandidates(partial)
      for (const name of candidates) {
        try {
          return checkedHtml(await view(name, partialLocals(locals)))
        } catch (error) {
          if (!isMissing(error, name)) throw renderFailure(partial, error)
        }
      }
      throw failure('TURBO_CABLE_PARTIAL_MISSING', [partial, candidates, []])
    },
  }
}

// The plugins read a template's file and let the error of that through, which names the path. When a file is missing *inside* a
// template, the engine puts the template before the message (EJS its path too): that is a failure of the template.
function isMissing(error: unknown, name: string): boolean {
  const { code, path, message } = Object(error) as { code?: unknown; path?: unknown; message?: unknown }
  if (code !== 'ENOENT' || typeof path !== 'string' || !String(message).startsWith('ENOENT')) return false
  const file = path.replaceAll('\\', '/')
  return file.endsWith(`/${name}`) || file.replace(/\.[^./]*$/, '').endsWith(`/${name}`)
}
