// turboStreamFrom(): the marker in a page that the client finds and subscribes by.

import { failure } from '../errors'
import { type Streamable, streamName } from '../stream/name'
import { SignedStream } from '../stream/signed-stream'
import { isHelperOptions } from '../turbo/helper-options'
import { marker } from './marker'

/** What the helper of a request or of a cable works with. */
export interface TurboStreamFromContext {
  /** The position that the page was read at, or undefined where none is known: the page then gets what comes after it subscribed. */
  readonly cursor: () => string | undefined
  /** Makes a stream's name a signed one. Without it the names are plain. */
  readonly sign?: ((name: string) => string) | undefined
}

/**
 * Writes the marker of the streams given; each argument is one stream, an array of parts too. Its output is HTML, so print it
 * with the engine's raw tag: EJS `<%- turboStreamFrom('scores') %>`, Pug `!= turboStreamFrom('scores')`, Handlebars
 * `{{{turboStreamFrom "scores"}}}`, Eta `<%~ turboStreamFrom('scores') %>`.
 *
 * ```ts
 * turboStreamFrom('scores', ['room', 7])
 * // → <div hidden data-turbo-stream="true" data-streams="scores,room:7" data-turbo-streams-target="source" data-cursor="e:41"></div>
 * ```
 *
 * Throws `TURBO_CABLE_BAD_STREAM` without arguments and for what names no stream.
 */
export type TurboStreamFrom = (...streamables: (Streamable | SignedStream)[]) => string

/** Makes the view helper. */
export function createTurboStreamFrom({ cursor, sign }: TurboStreamFromContext): TurboStreamFrom {
  const plain = (streamable: Streamable) => {
    const name = streamName(streamable)
    return sign?.(name) ?? name
  }
  return (...given) => {
    const streamables = withoutHelperOptions(given)
    if (streamables.length === 0)
      throw failure('TURBO_CABLE_BAD_STREAM', [undefined, 'turboStreamFrom() names no stream'])
    const names = streamables.map((one) => (one instanceof SignedStream ? one.token : plain(one)))
    return marker(names, cursor())
  }
}

// What Handlebars adds names no stream.
function withoutHelperOptions<Given>(given: readonly Given[]): readonly Given[] {
  return isHelperOptions(given.at(-1)) ? given.slice(0, -1) : given
}
