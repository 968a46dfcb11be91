// Takes off the layout that @fastify/view puts around whatever it renders, where it was registered with one. It has no way to leave
// the layout out for once. So the layout is rendered around a mark too, which tells what of a result is the layout.

import type { View } from './view'

// Letters alone: no template engine escapes them.
const mark = 'turbocablepartialofabroadcast'

/** Renders as `view` does, without its layout. Rejects where the layout is not the same each time that it is rendered. */
export function withoutLayout(view: View): View {
  let layout: boolean | undefined
  return async (name, locals) => {
    const html = await view(name, locals)
    if (layout === false || typeof html !== 'string') return html
    const around = await layoutOf(view, locals)
    layout = around !== undefined
    return around === undefined ? html : inside(around, html)
  }
}

// What comes before and after the content. Undefined where there is no layout.
async function layoutOf(view: View, locals: Record<string, unknown>): Promise<readonly string[] | undefined> {
  let asked = false
  // In place of a template's name, the engines that have layouts take a function.
  const content = () => {
    asked = true
    return mark
  }
  try {
    const around = String(await view(content, locals)).split(mark)
    return around.every((text) => text === '') ? undefined : around
  } catch (error) {
    if (asked) throw error
    return undefined
  }
}

function inside(around: readonly string[], html: string): string {
  const [before = '', after = ''] = around
  const fits = around.length === 2 && html.length >= before.length + after.length
  if (fits && html.startsWith(before) && html.endsWith(after)) {
    return html.slice(before.length, html.length - after.length)
  }
  throw new Error(
    'the layout that @fastify/view was registered with cannot be left out, as it is not the same each time. Give layouts to reply.view(page, data, { layout }), or turboCable a `render`',
  )
}
