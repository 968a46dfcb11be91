// What one page gets: the helpers for its view, all with the cursor of the moment that its request arrived.

import type { SignStream } from '../stream/signed-stream'
import { createTurboCableTags, type TurboCableTags } from './tags'
import { createTurboStreamFrom, type TurboStreamFrom } from './turbo-stream-from'

export interface PageHelpers {
  /** "This page has seen everything up to here", as text: the marker of each of its streams carries it. */
  readonly cursor: string
  readonly turboStreamFrom: TurboStreamFrom
  readonly turboCableTags: TurboCableTags
  readonly signedStream: SignStream
}

export interface PageContext {
  readonly cursor: string
  /** The cable's URL as the browser sees it. */
  readonly url: () => string
  readonly sign: ((name: string) => string) | undefined
  readonly signedStream: SignStream
}

/** Makes the helpers of one request. */
export function createPage({ cursor, url, sign, signedStream }: PageContext): PageHelpers {
  return {
    cursor,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => cursor, sign }),
    turboCableTags: createTurboCableTags(url),
    signedStream,
  }
}
