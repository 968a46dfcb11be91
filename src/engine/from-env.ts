// The engine that the environment names, for a cable that was given none.

import { check, notShown, type Rule } from '../options/check'
import type { Engine } from './engine'
import { natsEngine } from './nats'
import { natsUrl } from './nats/connection'
import { redisEngine } from './redis'
import { redisUrl } from './redis/clients'

/**
 * The engine of `TURBO_CABLE_ENGINE`, `redis://…`, `rediss://…`, `nats://…` or `tls://…`; undefined where it is not set.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for anything else.
 */
export function engineFromEnv(env: NodeJS.ProcessEnv = process.env): Engine | undefined {
  const { TURBO_CABLE_ENGINE: url } = env
  if (!url) return undefined
  check('TURBO_CABLE_ENGINE', url, engineUrl)
  return redisUrl.holds(url) ? redisEngine({ url }) : natsEngine({ url })
}

const engineUrl: Rule = {
  words: 'a URL that begins with redis://, rediss://, nats:// or tls://',
  holds: (value) => redisUrl.holds(value) || natsUrl.holds(value),
  shown: notShown,
}
