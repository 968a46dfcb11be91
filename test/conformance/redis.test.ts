// The suite over two processes behind one address, which share a Redis.

import { after, before } from 'node:test'
import { serveBalanced } from '../support/balanced.ts'
import { type Redis, startRedis } from '../support/redis.ts'
import { Runtime } from '../support/runtime.ts'
import { cableTests } from './cable-tests.ts'

const processes = [new Runtime([process.execPath]), new Runtime([process.execPath])]
let redis: Redis

before(async () => {
  redis = await startRedis()
  process.env.TURBO_CABLE_ENGINE = redis.url
  for (const each of processes) each.start()
  delete process.env.TURBO_CABLE_ENGINE
})
after(async () => {
  for (const each of processes) each.stop()
  await redis.stop()
})

cableTests('two processes with Redis', (options) => serveBalanced(processes, options))
