// The builder of <turbo-stream> elements, byte for byte as turbo-rails writes them: no whitespace, extra attributes first.

import { failure } from '../errors'
import {
  type ContentOptions,
  checkedAttributes,
  contentText,
  element,
  needsContent,
  openingTag,
  type PlacementOptions,
  type Target,
  type Targets,
} from './element'
import type { Attributes } from './tag'

/** A `<turbo-stream>` element: where it works and what it brings. */
export interface TurboStreamOptions extends PlacementOptions, ContentOptions {}

/** What comes beside the target in `turboStream.append(target, …)`. */
export type TurboStreamContent = Pick<TurboStreamOptions, 'html' | 'text' | 'attributes' | 'method'>

/** The attributes of a page refresh. */
export interface RefreshOptions {
  /** The id of the request that caused it: the tab that made this request does not refresh. */
  readonly requestId?: string | null | undefined
  /** `'morph'` changes only what differs; without it the page's own `turbo-refresh-method` decides. */
  readonly method?: 'morph' | 'replace' | undefined
  /** Whether the scroll position is kept; without it the page's own `turbo-refresh-scroll` decides. */
  readonly scroll?: 'preserve' | 'reset' | undefined
  /** Extra attributes of the element. */
  readonly attributes?: Attributes | undefined
}

/**
 * One `<turbo-stream>` element.
 *
 * ```ts
 * turboStream('append', { target: 'messages', html: '<p>hi</p>' })
 * // → <turbo-stream action="append" target="messages"><template><p>hi</p></template></turbo-stream>
 * turboStream.replace(message, { text: '1 < 2', method: 'morph' })
 * // → <turbo-stream method="morph" action="replace" target="message_1"><template>1 &lt; 2</template></turbo-stream>
 * turboStream.remove(message)
 * // → <turbo-stream action="remove" target="message_1"></turbo-stream>
 * ```
 *
 * As an answer to a form: `res.type('text/vnd.turbo-stream.html').send(turboStream.append(…) + turboStream.update(…))`.
 *
 * Throws `TURBO_CABLE_NO_TARGET` for an action of Turbo's own without a target (refresh needs none),
 * `TURBO_CABLE_NO_CONTENT` for one without content (remove and refresh have none), `TURBO_CABLE_BAD_ATTRIBUTE`,
 * `TURBO_CABLE_BAD_OPTION` and `TURBO_CABLE_BAD_RECORD`.
 */
export function turboStream(action: string, options: TurboStreamOptions = {}): string {
  const opening = openingTag(action, options)
  const content = contentText(options)
  if (content === undefined && needsContent(action)) throw failure('TURBO_CABLE_NO_CONTENT', [action])
  return element(action, opening, content)
}

turboStream.append = (target: Target, content: TurboStreamContent) => turboStream('append', { ...content, target })
turboStream.prepend = (target: Target, content: TurboStreamContent) => turboStream('prepend', { ...content, target })
turboStream.replace = (target: Target, content: TurboStreamContent) => turboStream('replace', { ...content, target })
turboStream.update = (target: Target, content: TurboStreamContent) => turboStream('update', { ...content, target })
turboStream.before = (target: Target, content: TurboStreamContent) => turboStream('before', { ...content, target })
turboStream.after = (target: Target, content: TurboStreamContent) => turboStream('after', { ...content, target })
turboStream.remove = (target: Target) => turboStream('remove', { target })
turboStream.appendAll = (targets: Targets, content: TurboStreamContent) =>
  turboStream('append', { ...content, targets })
turboStream.prependAll = (targets: Targets, content: TurboStreamContent) =>
  turboStream('prepend', { ...content, targets })
turboStream.replaceAll = (targets: Targets, content: TurboStreamContent) =>
  turboStream('replace', { ...content, targets })
turboStream.updateAll = (targets: Targets, content: TurboStreamContent) =>
  turboStream('update', { ...content, targets })
turboStream.beforeAll = (targets: Targets, content: TurboStreamContent) =>
  turboStream('before', { ...content, targets })
turboStream.afterAll = (targets: Targets, content: TurboStreamContent) => turboStream('after', { ...content, targets })
turboStream.removeAll = (targets: Targets) => turboStream('remove', { targets })
turboStream.refresh = (options: RefreshOptions = {}) => turboStream('refresh', refreshPlacement(options))

/** A refresh's options as those of any action. An empty `requestId` is none. */
export function refreshPlacement({ requestId, method, scroll, attributes }: RefreshOptions): PlacementOptions {
  if (method !== undefined && method !== 'morph' && method !== 'replace') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['method', "'morph' or 'replace'", method])
  }
  if (scroll !== undefined && scroll !== 'preserve' && scroll !== 'reset') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['scroll', "'preserve' or 'reset'", scroll])
  }
  return {
    attributes: {
      'request-id': requestId || undefined,
      method,
      scroll,
      ...(attributes && checkedAttributes(attributes)),
    },
  }
}
