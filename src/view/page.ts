// The view helpers of one request. Their markers carry the cursor of the moment when the request arrived.

import type { SignStream } from '../stream/signed-stream'
import { type ViewHelpers, viewHelpers } from '../turbo/helpers'
import { createTurboCableTags, type TurboCableTags } from './tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './turbo-stream-from'
import type { TurboTextFrom } from './turbo-text-from'

/** What the view of one request gets. */
export interface PageHelpers extends ViewHelpers {
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
    ...viewHelpers,
    cursor,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => cursor, sign }),
    turboCableTags: createTurboCableTags(url),
    signedStream,
    turboTextFrom,
  }
}
