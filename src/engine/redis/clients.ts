// Which client connections are made with: one that the app has, or one for a URL, of whichever package is installed.

import { check, kindOf, notShown, type Rule } from '../../options/check'
import { installed, needed } from '../../options/installed'
import type { OpenRedis } from './connection'
import { type IoredisClient, type IoredisCluster, openIoredis, openIoredisCluster } from './ioredis'
import { type NodeRedisClient, type NodeRedisCluster, openNodeRedis, openNodeRedisCluster } from './node-redis'

/** A client that the app has, of one server or of a cluster. It is only a pattern: connections are copies of it, and it stays the app's. */
export type RedisClient = NodeRedisClient | IoredisClient | NodeRedisCluster | IoredisCluster

/** Where Redis is: one of the two. */
export interface RedisPlace {
  readonly client?: RedisClient | undefined
  readonly url?: string | undefined
}

/**
 * Connections to there. In a cluster they lead to the server that has `key`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION where it is neither a client nor a URL, or both
 */
export function openAt({ client, url }: RedisPlace, key: string): OpenRedis {
  check('client', client, {
    words: 'given, or `url`, and not both',
    holds: () => (client === undefined) !== (url === undefined),
    shown: kindOf,
  })
  return client ? openLike(check('client', client, redisClient), key) : openUrl(check('url', url as string, redisUrl))
}

/** Connections like those of a client. In a cluster they lead to the server that has `key`. */
export function openLike(client: RedisClient, key = ''): OpenRedis {
  if ('nodes' in client) return (closed) => openIoredisCluster(client, key, closed)
  if ('nodeClient' in client) return (closed) => openNodeRedisCluster(client, key, closed)
  // Both have `duplicate`; only ioredis has `call`.
  if ('call' in client) return (closed) => openIoredis(client, closed)
  return (closed) => openNodeRedis(client, closed)
}

/**
 * Connections to a URL, with whichever client is installed: where the process was started, else beside this package.
 * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED, at once, as nobody waits for a package as for a Redis that is away
 */
export function openUrl(url: string): OpenRedis {
  return openLike(clientFor(url))
}

function clientFor(url: string): RedisClient {
  const { createClient } = installed<typeof import('redis')>('redis') ?? {}
  if (createClient) return createClient({ url })
  const { Redis } = installed<typeof import('ioredis')>('ioredis') ?? {}
  if (Redis) return new Redis(url, { lazyConnect: true })
  return needed<typeof import('redis')>('redis', 'A URL of Redis').createClient({ url })
}

/** What a URL of Redis must be. It may hold a password, so it is not shown. */
export const redisUrl: Rule = {
  words: 'a URL that begins with redis:// or rediss://',
  holds: (value) => typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value),
  shown: notShown,
}

/** What a handed-in client must be. */
const redisClient: Rule = {
  words:
    'a client of node-redis 5 or ioredis, of one server or of a cluster (not of createClientPool or createSentinel)',
  holds: (value) => {
    const has = (name: string) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'
    return has('duplicate') && has('connect') && (has('sendCommand') || has('call'))
  },
  shown: kindOf,
}
