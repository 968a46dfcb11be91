// redisRelay(): brings in what others publish on Redis.

import { openAt, type RedisClient } from '../engine/redis/clients'
import { callable, check, checkNames, namesAndValues } from '../options/check'
import { processPublisher } from '../process/defaults'
import { Channels } from './channels'
import { relays } from './ear'
import { HandingOn, type RelayHandler } from './handing-on'
import { readLog } from './log-reader'

/** The options of `redisRelay()`: `client` or `url`, and `channels`, `redisStreams` or both. */
export interface RedisRelayOptions {
  /** A client of node-redis 5 or ioredis, also of Redis Cluster. Connections like it are made; it stays yours and need not be connected. */
  readonly client?: RedisClient | undefined
  /** Where Redis is: `redis://user:password@host:6379`, `rediss://…`. Needs `redis` or `ioredis` installed. */
  readonly url?: string | undefined
  /** Channels or patterns (`chatbot/*`) of Redis' pub/sub, and what becomes of their messages. */
  readonly channels?: Readonly<Record<string, RelayHandler>> | undefined
  /** Keys of Redis' own streams, and what becomes of their entries' field `payload`. What was relayed is deleted from them. */
  readonly redisStreams?: Readonly<Record<string, RelayHandler>> | undefined
}

/** A relay that runs. */
export interface RedisRelay {
  /** Resolves when it hears, and whatever may have been missed before is said aloud. Never rejects. */
  readonly ready: Promise<void>
  /** Hears nothing more. Resolves when what was heard is sent. */
  stop(): Promise<void>
}

/**
 * Sends what others publish on Redis to the pages of this process's cable, or where its free verbs send.
 *
 * ```ts
 * redisRelay({
 *   url: 'redis://localhost:6379',
 *   channels: { '/records': ({ room, records }) => ({ stream: room, data: { records } }) },
 * })
 * ```
 *
 * Several processes may have the same relay: a message is applied once. A handler that throws, and what is no broadcast, cost
 * one logged line. It does not keep a process running.
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for an unknown option, a bad value, and where there is nothing to hear.
 */
export function redisRelay(options: RedisRelayOptions): RedisRelay {
  checkNames(options, ['client', 'url', 'channels', 'redisStreams'])
  const channels = handlersOf('channels', options.channels)
  const logs = handlersOf('redisStreams', options.redisStreams)
  check('channels', channels.size + logs.size, {
    words: 'given, or `redisStreams`: an object of names and functions',
    holds: (count) => count !== 0,
    shown: () => options.channels,
  })
  const handingOn = new HandingOn(processPublisher)
  const stops: (() => Promise<void>)[] = []
  const readies: Promise<void>[] = []
  const starting = (start: (ready: () => void) => () => Promise<void>) =>
    readies.push(new Promise((resolve) => stops.push(start(resolve))))
  if (channels.size > 0) {
    const open = openAt(options, relays)
    starting((whole) => {
      const heard = new Channels({ open, handlers: channels, handingOn, publisher: processPublisher, whole })
      return () => heard.stop()
    })
  }
  for (const [key, handler] of logs) {
    const open = openAt(options, key)
    starting((up) => readLog({ open, key, handler, handingOn, up }))
  }
  return {
    ready: Promise.all(readies).then(() => {}),
    async stop() {
      await Promise.all(stops.map((stop) => stop()))
      await handingOn.settled()
    },
  }
}

function handlersOf(name: string, given: Readonly<Record<string, RelayHandler>> = {}): Map<string, RelayHandler> {
  const handlers = Object.entries(check(name, given, namesAndValues))
  for (const [channel, handler] of handlers) check(`${name}['${channel}']`, handler, callable)
  return new Map(handlers)
}
