// The view helpers of one request. Their markers carry the cursor of the moment when the request arrived.

import { type DomClass, type DomRecord, domId } from '../stream/dom-id'
import type { SignStream } from '../stream/signed-stream'
import { createTurboCableTags, type TurboCableTags } from './tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './turbo-stream-from'
import type { TurboTextFrom } from './turbo-text-from'

/** What the view of one request gets. */
export interface PageHelpers {
  /** The cursor that the markers of this page carry: "this page has everything up to here". */
  readonly cursor: string
  /** Writes the marker that subscribes the page to streams. */
  readonly turboStreamFrom: TurboStreamFrom
  /** Writes the import map and the script for a page without a bundler. */
  readonly turboCableTags: TurboCableTags
  /** Signs a stream's name with a right that ends, or that is somebody's. */
  readonly signedStream: SignStream
  /** Writes what a text of `broadcastStream()` has so far, for the inside of its target. */
  readonly turboTextFrom: TurboTextFrom
  /** The id of the element that shows a record: `<li id="<%= domId(message) %>">` → `message_1`. */
  readonly domId: DomIdHelper
}

/** `domId()` as views call it. Handlebars adds an argument of its own, which is no prefix. */
export type DomIdHelper = (record: DomRecord | DomClass | string, rowOrPrefix?: unknown, prefix?: unknown) => string

/** The helper of every page. */
export const domIdHelper: DomIdHelper = (record, rowOrPrefix, prefix) =>
  typeof record === 'string' ? domId(record, rowOrPrefix as DomRecord, text(prefix)) : domId(record, text(rowOrPrefix))

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** What `createPage` works with. */
export interface PageContext {
  /** The cursor of the moment when the request arrived. */
  readonly cursor: string
  /** The cable's URL as the browser sees it. */
  readonly url: () => string
  /** Signs a stream's name; undefined if names stay plain. */
  readonly sign: ((name: string) => string) | undefined
  readonly signedStream: SignStream
  readonly turboTextFrom: TurboTextFrom
}

/** Makes the view helpers of one request. */
export function createPage({ cursor, url, sign, signedStream, turboTextFrom }: PageContext): PageHelpers {
  return {
    cursor,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => cursor, sign }),
    turboCableTags: createTurboCableTags(url),
    signedStream,
    turboTextFrom,
    domId: domIdHelper,
  }
}
