// redisEngine(): the engine of several processes, over node-redis or ioredis.

import { check, checkNames, type Rule, text } from '../options/check'
import { defaultBounds } from './default-bounds'
import type { Engine } from './engine'
import { openAt, type RedisClient } from './redis/clients'
import { RedisEngine } from './redis/engine'

/** The options of `redisEngine()`: `client` or `url`. */
export interface RedisEngineOptions {
  /** A client of node-redis 5 or ioredis, also of Redis Cluster. Connections like it are made; it stays yours and need not be connected. */
  readonly client?: RedisClient | undefined
  /** Where Redis is: `redis://user:password@host:6379/0`, `rediss://…`. Needs `redis` or `ioredis` installed. */
  readonly url?: string | undefined
  /** What all keys begin with, in braces. Processes with the same are one hub. @default 'turbo-cable' */
  readonly prefix?: string | undefined
  /** How much of the log is kept for processes whose connection is away, bytes. Minimum 1048576. @default 16777216 */
  readonly logBytes?: number | undefined
}

/**
 * An engine that processes share over Redis 7 or newer. Two processes with it are one hub.
 *
 * ```ts
 * app.use(turboCable({ engine: redisEngine({ url: 'redis://localhost:6379' }) }))
 * ```
 *
 * What is kept follows the cable's `history` options, and is bounded by them in Redis too. While Redis is away, broadcasts are
 * refused with `TURBO_CABLE_UNREACHABLE` (a verb resolves to false) and pages stay connected.
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for an unknown option, a bad value, and where there is neither `client` nor `url`, or both;
 * `TURBO_CABLE_NOT_INSTALLED` for a `url` without `redis` or `ioredis`.
 */
export function redisEngine(options: RedisEngineOptions): Engine {
  checkNames(options, ['client', 'url', 'prefix', 'logBytes'])
  const { client, url, prefix = 'turbo-cable', logBytes = 16_777_216 } = options
  check('prefix', prefix, prefixes)
  check('logBytes', logBytes, bytes)
  const open = openAt({ client, url }, `{${prefix}}`)
  return new RedisEngine({ open, prefix, logBytes, bounds: defaultBounds() })
}

const prefixes: Rule = {
  ...text,
  words: 'a non-empty string without braces',
  holds: (value) => /^[^{}]+$/.test(String(value)) && typeof value === 'string',
}
const bytes: Rule = {
  words: 'an integer ≥ 1048576',
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 1_048_576,
}
