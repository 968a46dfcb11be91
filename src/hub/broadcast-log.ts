// What the log says of broadcasts: where each went (DEBUG=turbo-cable:hub), and, in development, a name that nobody asked for and
// that is spelt almost like one that somebody did: such a page stays as it is, and nothing else would say why.

import type { Positioned } from '../engine/engine'
import { logger, warn } from '../log'
import { lookalike } from '../options/likeness'
import type { Topic } from './topic'

const debug = logger('hub')

// How many names are compared, and how many lines are said: names may come from users.
const maxNames = 1_000
const maxLines = 10

/** Follows what is asked for and what is sent, for the log alone. */
export class BroadcastLog {
  // undefined in production, where nobody reads along.
  readonly #asked = process.env.NODE_ENV === 'production' ? undefined : new Set<string>()
  readonly #said = new Set<string>()
  /** Names that were compared with all that was asked for so far: each broadcast shall not pay for it anew. */
  readonly #compared = new Set<string>()

  /** A client subscribes to a stream. */
  asked(stream: string): void {
    if (!this.#asked || this.#asked.size === maxNames || this.#asked.has(stream)) return
    this.#asked.add(stream)
    this.#compared.clear()
  }

  /** A broadcast goes out: `→ counter, 2 pages, 87 bytes`. */
  sent({ stream, json }: Positioned, topic: Topic | undefined): void {
    if (debug.enabled) {
      const pages = topic ? new Set(topic.connections()).size : 0
      debug('→ %s, %d %s, %d bytes', stream, pages, pages === 1 ? 'page' : 'pages', Buffer.byteLength(json))
    }
    if (topic === undefined && this.#asked && !this.#asked.has(stream)) this.#compare(stream, this.#asked)
  }

  #compare(stream: string, asked: ReadonlySet<string>): void {
    // A set that is full does not hold all that was asked for.
    if (asked.size === maxNames || this.#said.size === maxLines || this.#said.has(stream)) return
    if (this.#compared.has(stream) || this.#compared.size === maxNames) return
    this.#compared.add(stream)
    // room:7 and room:8 are no slip of the pen.
    const meant = lookalike(
      stream,
      [...asked].filter((name) => numbers(name) === numbers(stream)),
    )
    if (meant === undefined) return
    this.#said.add(stream)
    warn(
      `a broadcast went to "${stream}", which no page has asked for; pages have asked for "${meant}": did you mean that?`,
    )
  }
}

function numbers(name: string): string {
  return name.match(/\d+/g)?.join() ?? ''
}
