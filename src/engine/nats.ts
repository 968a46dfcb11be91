// `turbo-cable/nats`: the engine of several processes, over NATS JetStream.

import { check, checkNames, kindOf, type Rule } from '../options/check'
import { defaultBounds } from './default-bounds'
import type { Engine } from './engine'
import type { NatsClient } from './nats/client'
import { checkClient, natsUrl, openLike, openUrl } from './nats/connection'
import { NatsEngine } from './nats/engine'

export type { NatsClient } from './nats/client'

/** The options of `natsEngine()`: `connection` or `url`. */
export interface NatsEngineOptions {
  /** What `connect()` of `@nats-io/transport-node` gave you. Connections like it are made; it stays yours. */
  readonly connection?: NatsClient | undefined
  /** Where NATS is: `nats://user:password@host:4222`, `tls://…`, or several with commas between. */
  readonly url?: string | undefined
  /** The name of the stream, and what its subjects begin with. Processes with the same are one hub. @default 'turbo-cable' */
  readonly name?: string | undefined
  /** Where JetStream keeps the log. @default 'file' */
  readonly storage?: 'file' | 'memory' | undefined
  /** How many servers of a cluster keep the log. @default 1 */
  readonly replicas?: number | undefined
  /** How large the log may get, bytes. Minimum 1048576. @default `history.totalBytes`, at least 16777216 */
  readonly logBytes?: number | undefined
}

/**
 * An engine that processes share over NATS with JetStream, 2.9 or newer. Two processes with it are one hub.
 *
 * ```ts
 * app.use(turboCable({ engine: natsEngine({ url: 'nats://localhost:4222' }) }))
 * ```
 *
 * Each process reads the whole log and holds the history in its memory, within the cable's `history` options. While NATS is away,
 * broadcasts are refused with `TURBO_CABLE_UNREACHABLE` (a verb resolves to false) and pages stay connected.
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for an unknown option, a bad value, and where there is neither `connection` nor `url`, or both;
 * `TURBO_CABLE_NOT_INSTALLED` without its packages.
 */
export function natsEngine(options: NatsEngineOptions): Engine {
  checkNames(options, ['connection', 'url', 'name', 'storage', 'replicas', 'logBytes'])
  const { connection, url, name = 'turbo-cable', storage = 'file', replicas = 1, logBytes } = options
  check('connection', connection, {
    words: 'given, or `url`, and not both',
    holds: () => (connection === undefined) !== (url === undefined),
    shown: kindOf,
  })
  check('name', name, names)
  check('storage', storage, { words: "'file' or 'memory'", holds: (value) => value === 'file' || value === 'memory' })
  check('replicas', replicas, {
    words: 'an integer from 1 to 5',
    holds: (value) => [1, 2, 3, 4, 5].includes(Number(value)),
  })
  if (logBytes !== undefined) check('logBytes', logBytes, bytes)
  const open = connection ? openLike(checkClient(connection)) : openUrl(check('url', url as string, natsUrl))
  return new NatsEngine({ open, name, storage, replicas, logBytes, bounds: defaultBounds() })
}

const names: Rule = {
  words: 'a string of letters, digits, `-` and `_`, 100 at most',
  holds: (value) => typeof value === 'string' && /^[\w-]{1,100}$/.test(value),
}
const bytes: Rule = {
  words: 'an integer ≥ 1048576',
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 1_048_576,
}
