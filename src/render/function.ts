// Renders with a function of the app's own.

import { checkedHtml, renderFailure } from './partial'
import type { Renderer, RenderFunction } from './renderer'

/** A renderer that asks the function, and takes nothing but a string for an answer. */
export function functionRenderer(render: RenderFunction): Renderer {
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
