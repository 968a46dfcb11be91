// The engine that the environment names, for a cable that was given none.

import { check } from '../options/check'
import type { Engine } from './engine'
import { redisEngine } from './redis'
import { redisUrl } from './redis/connection'

/**
 * The engine of `TURBO_CABLE_ENGINE`, `redis://…` or `rediss://…`; undefined where it is not set.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for anything else.
 */
export function engineFromEnv(env: NodeJS.ProcessEnv = process.env): Engine | undefined {
  const { TURBO_CABLE_ENGINE: url } = env
  return url ? redisEngine({ url: check('TURBO_CABLE_ENGINE', url, redisUrl) }) : undefined
}
