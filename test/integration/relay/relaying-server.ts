// A process with a cable and a relay, as one of several: for tests that kill it, or cut it off from Redis.

import { createServer } from 'node:http'
import { turboCable } from '../../../src/index.ts'
import { redisEngine, redisRelay } from '../../../src/relay/redis.ts'
import { listen } from '../../support/http-server.ts'

interface Settings {
  /** Where the engine's Redis is; none for a history in each memory. */
  readonly engine?: string
  /** Where others publish. */
  readonly relay: string
}

const { engine, relay: url }: Settings = JSON.parse(process.argv[2] ?? '{}')
const cable = turboCable(engine ? { engine: redisEngine({ url: engine }) } : {})
const server = createServer((request, response) => cable(request, response))
cable.attach(server)
const relay = redisRelay({
  url,
  channels: { '/records': ({ room, n }) => ({ stream: room, data: { n } }) },
  redisStreams: { log: ({ room, n }) => ({ stream: room, data: { n } }) },
})
const port = await listen(server)
await relay.ready
process.send?.(port)
