// The builder of <turbo-stream> elements, byte for byte as turbo-rails writes them: no whitespace, extra attributes first.

import { check, namesAndValues, object, oneOf } from '../options/check'
import { type ContentOptions, contentHtml } from './content'
import { element, openingTag, type PlacementOptions, placement, type Target, type Targets } from './element'
import { viewOptions } from './helper-options'
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

/** `turboStream`: a function, and a method for each action. Their errors are those of the function. */
export interface TurboStream {
  /** One element of any action: `turboStream('highlight', { targets: '.row' })`. Throws as said at `turboStream`. */
  (action: string, options?: TurboStreamOptions): string
  /**
   * Adds to the end of the target. `turboStream.append('messages', { html: '<p>hi</p>' })` →
   * `<turbo-stream action="append" target="messages"><template><p>hi</p></template></turbo-stream>`
   */
  append(target: Target, content: TurboStreamContent): string
  /**
   * Adds to the start of the target. `turboStream.prepend('messages', { html: '<p>hi</p>' })` →
   * `<turbo-stream action="prepend" target="messages"><template><p>hi</p></template></turbo-stream>`
   */
  prepend(target: Target, content: TurboStreamContent): string
  /**
   * Replaces the target itself. `turboStream.replace('message_1', { html: '<p>hi</p>' })` →
   * `<turbo-stream action="replace" target="message_1"><template><p>hi</p></template></turbo-stream>`
   */
  replace(target: Target, content: TurboStreamContent): string
  /**
   * Replaces what is in the target. `turboStream.update('counter', { text: 3 })` →
   * `<turbo-stream action="update" target="counter"><template>3</template></turbo-stream>`
   */
  update(target: Target, content: TurboStreamContent): string
  /**
   * Inserts before the target. `turboStream.before('message_1', { html: '<hr>' })` →
   * `<turbo-stream action="before" target="message_1"><template><hr></template></turbo-stream>`
   */
  before(target: Target, content: TurboStreamContent): string
  /**
   * Inserts after the target. `turboStream.after('message_1', { html: '<hr>' })` →
   * `<turbo-stream action="after" target="message_1"><template><hr></template></turbo-stream>`
   */
  after(target: Target, content: TurboStreamContent): string
  /** Removes the target. `turboStream.remove(message)` → `<turbo-stream action="remove" target="message_1"></turbo-stream>` */
  remove(target: Target): string
  /** Adds to the end of every element that the selector finds: `turboStream.appendAll('.row', { html: '<hr>' })`. */
  appendAll(targets: Targets, content: TurboStreamContent): string
  /** Adds to the start of every element that the selector finds: `turboStream.prependAll('.row', { html: '<hr>' })`. */
  prependAll(targets: Targets, content: TurboStreamContent): string
  /** Replaces every element that the selector finds: `turboStream.replaceAll('.row', { html: '<hr>' })`. */
  replaceAll(targets: Targets, content: TurboStreamContent): string
  /** Replaces what is in every element that the selector finds: `turboStream.updateAll('.row', { html: '<hr>' })`. */
  updateAll(targets: Targets, content: TurboStreamContent): string
  /** Inserts before every element that the selector finds: `turboStream.beforeAll('.row', { html: '<hr>' })`. */
  beforeAll(targets: Targets, content: TurboStreamContent): string
  /** Inserts after every element that the selector finds: `turboStream.afterAll('.row', { html: '<hr>' })`. */
  afterAll(targets: Targets, content: TurboStreamContent): string
  /** Removes every element that the selector finds: `turboStream.removeAll('.row')`. */
  removeAll(targets: Targets): string
  /**
   * Lets the page fetch itself again. `turboStream.refresh({ method: 'morph' })` →
   * `<turbo-stream method="morph" action="refresh"></turbo-stream>`. Throws `TURBO_CABLE_BAD_OPTION`.
   */
  refresh(options?: RefreshOptions): string
}

/**
 * Writes `<turbo-stream>` elements: any action by its name, and a method for each action of Turbo's own.
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
export const turboStream: TurboStream = Object.assign(written, {
  append: one('append'),
  prepend: one('prepend'),
  replace: one('replace'),
  update: one('update'),
  before: one('before'),
  after: one('after'),
  remove: (target: Target) => written('remove', { target }),
  appendAll: all('append'),
  prependAll: all('prepend'),
  replaceAll: all('replace'),
  updateAll: all('update'),
  beforeAll: all('before'),
  afterAll: all('after'),
  removeAll: (targets: Targets) => written('remove', { targets }),
  refresh: (options: RefreshOptions = {}) => written('refresh', refreshPlacement(viewOptions(options))),
})

function written(action: string, given: TurboStreamOptions = {}): string {
  const options = check('options', viewOptions(given), object)
  const opening = openingTag(action, placement(action, options))
  return element(action, opening, contentHtml(action, options))
}

function one(action: string) {
  return function (this: unknown, target: Target, content: TurboStreamContent) {
    return written(action, { ...viewOptions(content ?? {}, this), target })
  }
}

function all(action: string) {
  return function (this: unknown, targets: Targets, content: TurboStreamContent) {
    return written(action, { ...viewOptions(content ?? {}, this), targets })
  }
}

/** A refresh's options as those of any action. An empty `requestId` is none. */
export function refreshPlacement({ requestId, method, scroll, attributes }: RefreshOptions): PlacementOptions {
  if (method !== undefined) check('method', method, morphOrReplace)
  if (scroll !== undefined) check('scroll', scroll, preserveOrReset)
  return {
    attributes: {
      'request-id': requestId || undefined,
      method,
      scroll,
      ...(attributes && check('attributes', attributes, namesAndValues)),
    },
  }
}

const morphOrReplace = oneOf('morph', 'replace')
const preserveOrReset = oneOf('preserve', 'reset')
