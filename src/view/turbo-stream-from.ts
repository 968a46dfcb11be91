// turboStreamFrom(): writes the marker in a page by which the client subscribes.

import { failure } from '../errors'
import { type Streamable, streamName } from '../stream/name'
import { SignedStream } from '../stream/signed-stream'
import { attributeText } from '../turbo/tag'

/** What `createTurboStreamFrom` works with. */
export interface TurboStreamFromContext {
  /** The cursor up to which the page has everything. Undefined if unknown: the page then misses what came before it subscribed. */
  readonly cursor: () => string | undefined
  /** Signs a stream's name. Without it the names in the page are plain. */
  readonly sign?: ((name: string) => string) | undefined
}

/** Writes the marker for streams. Each argument is one stream, also an array of parts. */
export type TurboStreamFrom = (...streamables: (Streamable | SignedStream)[]) => string

/**
 * Makes the view helper. Its output is HTML, so print it with the engine's raw tag: EJS `<%- turboStreamFrom('scores') %>`,
 * Pug `!= turboStreamFrom('scores')`, Handlebars `{{{turboStreamFrom "scores"}}}`, Eta `<%~ turboStreamFrom('scores') %>`.
 *
 * ```ts
 * turboStreamFrom('scores', ['room', 7])
 * // → <div hidden data-turbo-stream="true" data-streams="scores,room:7" data-turbo-streams-target="source" data-cursor="e:41"></div>
 * ```
 *
 * The gem's own client reads the same marker. `hidden` stands in place of the gem's inline style, which a strict content
 * security policy ignores. Throws `TURBO_CABLE_BAD_STREAM` without arguments and for what names no stream.
 */
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
    const marker = attributeText({
      'data-turbo-stream': 'true',
      'data-streams': names.join(','),
      'data-turbo-streams-target': 'source',
      'data-cursor': cursor(),
    })
    return `<div hidden${marker}></div>`
  }
}

// Handlebars adds its own options to the arguments of every function. They are a plain object, which cannot name a stream.
function withoutHelperOptions<Given>(given: readonly Given[]): readonly Given[] {
  const last: unknown = given.at(-1)
  const isHelperOptions =
    typeof last === 'object' &&
    last !== null &&
    Object.getPrototypeOf(last) === Object.prototype &&
    'hash' in last &&
    'data' in last
  return isHelperOptions ? given.slice(0, -1) : given
}
