// The marker: the hidden element that the client finds in a page and subscribes by. What the installer prints comes from here too.

import { attributeText } from '../turbo/tag'

/** The client's Stimulus controller, as `data-controller` of a page's body names it. */
export const controller = 'turbo-streams'

/** The attribute that holds the names, joined by commas. `client/` reads it, and can import nothing from here. */
export const namesAttribute = 'data-streams'

/**
 * ```ts
 * marker(['scores', 'room:7'], 'e:41')
 * // → <div hidden data-turbo-stream="true" data-streams="scores,room:7" data-turbo-streams-target="source" data-cursor="e:41"></div>
 * ```
 *
 * The gem's own client reads the same marker. `hidden` stands in place of the gem's inline style, which a strict content
 * security policy ignores.
 */
export function marker(names: readonly string[], cursor?: string): string {
  const attributes = attributeText({
    'data-turbo-stream': 'true',
    [namesAttribute]: names.join(','),
    [`data-${controller}-target`]: 'source',
    'data-cursor': cursor,
  })
  return `<div hidden${attributes}></div>`
}
