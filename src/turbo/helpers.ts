// The helpers that every view of an app has, whatever it is rendered for: nothing here knows of a request or a cable.

import { type DomClass, type DomRecord, domId } from '../stream/dom-id'
import {
  cspMetaTag,
  turboExemptsPageFromCacheTag,
  turboExemptsPageFromPreviewTag,
  turboPageRequiresReloadTag,
  turboPrefetchTag,
  turboRefreshesWith,
  turboRefreshMethodTag,
  turboRefreshScrollTag,
  turboRootTag,
  turboViewTransitionTag,
} from './metas'
import { turboFrameTag } from './turbo-frame'
import { turboStream } from './turbo-stream'

/** `domId()` as views call it. Handlebars adds an argument of its own, which is no prefix. */
export type DomIdHelper = (record: DomRecord | DomClass | string, rowOrPrefix?: unknown, prefix?: unknown) => string

const domIdHelper: DomIdHelper = (record, rowOrPrefix, prefix) =>
  typeof record === 'string' ? domId(record, rowOrPrefix as DomRecord, text(prefix)) : domId(record, text(rowOrPrefix))

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What every view has beside what is its page's own. */
export const viewHelpers = Object.freeze({
  /** The id of the element that shows a record: `<li id="<%= domId(message) %>">` → `message_1`. */
  domId: domIdHelper,
  /** Writes `<turbo-stream>` elements, in `.turbo_stream` views above all. */
  turboStream,
  /** Writes a `<turbo-frame>`. */
  turboFrameTag,
  turboRefreshesWith,
  turboRefreshMethodTag,
  turboRefreshScrollTag,
  turboExemptsPageFromCacheTag,
  turboExemptsPageFromPreviewTag,
  turboPageRequiresReloadTag,
  turboRootTag,
  turboPrefetchTag,
  turboViewTransitionTag,
  cspMetaTag,
})

/** The helpers that every view of an app has. */
export type ViewHelpers = typeof viewHelpers
