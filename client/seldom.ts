// What a page seldom needs, as one file: the refresh after a gap, keeping what a person has typed, hints for developers. After a
// deploy it may be newer than the client in the page that asks for it: what it exports never changes its meaning.

import { watchStreams } from './hints.js'
import { keepFields } from './keep.js'

import { refreshFrames } from './refresh.js'

export { refresh } from './refresh.js'

/** From now on morphs keep what they should, and a developer is given hints. Once more changes nothing. */
export function activate(): void {
  keepFields()
  refreshFrames()
  if (location.hostname === 'localhost') watchStreams()
}
