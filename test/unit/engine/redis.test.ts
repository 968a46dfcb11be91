// The engine over Redis does what every engine does, over each client that it knows.

import { after, before } from 'node:test'
import { Redis as Ioredis } from 'ioredis'
import { Redis as Ioredis5 } from 'ioredis5'
import { createClient } from 'redis'
import { openLike, openUrl } from '../../../src/engine/redis/clients.ts'
import type { OpenRedis } from '../../../src/engine/redis/connection.ts'
import { RedisEngine } from '../../../src/engine/redis/engine.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { defaultBounds, engineSuite } from './engine-suite.ts'

let redis: Redis
let made = 0

before(async () => {
  redis = await startRedis()
})
after(() => redis.stop())

const clients: Record<string, () => OpenRedis> = {
  'node-redis': () => openLike(createClient({ url: redis.url })),
  'node-redis with RESP3': () => openLike(createClient({ url: redis.url, RESP: 3 })),
  ioredis: () => openLike(new Ioredis(redis.url, { lazyConnect: true })),
  'ioredis 5': () => openLike(new Ioredis5(redis.url, { lazyConnect: true })),
  'a URL': () => openUrl(redis.url),
}

for (const [name, open] of Object.entries(clients)) {
  engineSuite(`the engine over Redis, with ${name}`, (bounds, now) => {
    made += 1
    return new RedisEngine({
      open: open(),
      prefix: `suite ${made}`,
      logBytes: 1 << 24,
      bounds: { ...defaultBounds, ...bounds },
      now,
    })
  })
}
