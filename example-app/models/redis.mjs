// The Redis that several processes share, where REDIS_URL names one: the cable's engine is there, and the counter.
import { createClient } from 'redis'
import { redisEngine } from 'turbo-cable/redis'

const url = process.env.REDIS_URL
let client

/** The engine for the cable, or undefined: then each process has a history of its own. */
export function sharedEngine() {
  return url ? redisEngine({ url, prefix: 'showcase' }) : undefined
}

/** The client that the models share, or undefined. What is asked of it waits until it has connected. */
export function sharedRedis() {
  if (!url || client) return client
  client = createClient({ url, commandsQueueMaxLength: 1000 })
  client.on('error', (error) => console.error(`Redis: ${error.message}`))
  client.connect().catch(() => {})
  return client
}

export function closeRedis() {
  client?.destroy()
  client = undefined
}
