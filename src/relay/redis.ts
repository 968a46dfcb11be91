// `turbo-cable/redis`: the engine of several processes, over node-redis or ioredis, and the relay of what others publish there.

export type { RedisEngineOptions } from '../engine/redis'
export { redisEngine } from '../engine/redis'
export type { RedisClient } from '../engine/redis/clients'
export type { IoredisClient, IoredisCluster } from '../engine/redis/ioredis'
export type { NodeRedisClient, NodeRedisCluster } from '../engine/redis/node-redis'
export { actionCable, anycable } from './formats'
export type { Relayed, RelayedAnswer, RelayHandler, RelaySource } from './handing-on'
export type { RedisRelay, RedisRelayOptions } from './relay'
export { redisRelay } from './relay'
