// `turbo-cable/redis` for `import`: the code that `require` gets, so that there is one of it per process however it came in.

export type {
  IoredisClient,
  IoredisCluster,
  NodeRedisClient,
  NodeRedisCluster,
  RedisClient,
  RedisEngineOptions,
  RedisRelay,
  RedisRelayOptions,
  Relayed,
  RelayedAnswer,
  RelayHandler,
  RelaySource,
} from './redis.js'
export { actionCable, anycable, redisEngine, redisRelay } from './redis.js'
