// `turbo-cable/redis` for `import`: the code that `require` gets, so that there is one of it per process however it came in.

export type { IoredisClient, NodeRedisClient, RedisClient, RedisEngineOptions } from './redis.js'
export { redisEngine } from './redis.js'
