// The engines that several processes can share, and the real servers behind them: tests of what all of them do run over this table.

import type { Engine, HistoryBounds } from '../../src/engine/engine.ts'
import { openUrl as openNats } from '../../src/engine/nats/connection.ts'
import { NatsEngine } from '../../src/engine/nats/engine.ts'
import { natsEngine } from '../../src/engine/nats.ts'
import { openUrl as openRedis } from '../../src/engine/redis/clients.ts'
import { RedisEngine } from '../../src/engine/redis/engine.ts'
import { redisEngine } from '../../src/engine/redis.ts'
import { NatsServer } from './nats-server.ts'
import { RedisServer } from './redis-server.ts'

/** A server whose process may come and go. */
export interface EngineServer {
  readonly port: number
  start(): Promise<void>
  /** Kills it, as a machine that fails would. */
  kill(): Promise<void>
  /** Kills it and leaves nothing behind. */
  end(): Promise<void>
}

/** What a test may say of an engine that it makes. */
export interface EngineSettings {
  readonly name?: string
  readonly logBytes?: number
}

/** One kind of engine. */
export interface EngineKind {
  /** What its lines call it. */
  readonly name: 'Redis' | 'NATS'
  /** Starts a server that keeps its files. */
  start(): Promise<EngineServer>
  /** Where it is, on a port of this machine. */
  url(port: number): string
  /** As an app makes it. */
  engine(port: number, settings?: EngineSettings): Engine
  /** One whose clock the test holds. */
  timed(port: number, name: string, bounds: HistoryBounds, now: () => number): Engine
}

export const engines: readonly EngineKind[] = [
  {
    name: 'Redis',
    start: () => RedisServer.start('--appendonly', 'yes'),
    url: redisUrl,
    engine: (port, { name, logBytes } = {}) => redisEngine({ url: redisUrl(port), prefix: name, logBytes }),
    timed: (port, prefix, bounds, now) =>
      new RedisEngine({ open: openRedis(redisUrl(port)), prefix, logBytes: 1 << 20, bounds, now }),
  },
  {
    name: 'NATS',
    start: () => NatsServer.start(),
    url: natsUrl,
    engine: (port, { name, logBytes } = {}) => natsEngine({ url: natsUrl(port), name, logBytes }),
    timed: (port, name, bounds, now) =>
      new NatsEngine({
        open: openNats(natsUrl(port)),
        name,
        storage: 'file',
        replicas: 1,
        logBytes: 1 << 20,
        bounds,
        now,
      }),
  },
]

function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`
}

function natsUrl(port: number): string {
  return `nats://127.0.0.1:${port}`
}
