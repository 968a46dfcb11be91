// One TCP connection to Redis, whichever client makes it: node-redis or ioredis. It never connects again by itself and never
// sends anything a second time: a script that meant one server must not reach another.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { failure } from '../../errors'
import { check, type Rule } from '../../options/check'

/** A connection that is open until it closes. */
export interface RedisConnection {
  /** Sends a command. Rejects where Redis says no, and when the connection closes. */
  call(command: readonly string[]): Promise<unknown>
  /** While false, the process may end although the connection is open. */
  hold(holding: boolean): void
  /** Ends it now. Whatever waits for an answer rejects. */
  destroy(): void
}

/** Opens a connection. `closed` is called once, when it has ended after it was open. */
export type OpenRedis = (closed: (error: Error | undefined) => void) => Promise<RedisConnection>

/** A client of node-redis 5 (`createClient()` of `redis`), as far as it is needed. */
export interface NodeRedisClient {
  duplicate(overrides?: object): NodeRedisClient
  connect(): Promise<unknown>
  destroy(): unknown
  ref(): void
  unref(): void
  // biome-ignore lint/suspicious/noExplicitAny: its own type depends on the modules that it was made with.
  sendCommand(command: readonly string[], options?: any): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** A client of ioredis (`new Redis()`), as far as it is needed. */
export interface IoredisClient {
  duplicate(overrides?: object): IoredisClient
  connect(): Promise<unknown>
  disconnect(reconnect?: boolean): void
  // biome-ignore lint/suspicious/noExplicitAny: arguments and answers of any command.
  call(command: string, ...values: any[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** A client that the app has. It is only a pattern: connections are copies of it, and it stays the app's. */
export type RedisClient = NodeRedisClient | IoredisClient

const connectTimeout = 5_000

/** Connections like those of a client. */
export function openLike(client: RedisClient): OpenRedis {
  return isNodeRedis(client) ? (closed) => openNodeRedis(client, closed) : (closed) => openIoredis(client, closed)
}

/** Connections to a URL, with whichever client is installed: where the process was started, else beside this package. */
export function openUrl(url: string): OpenRedis {
  let client: RedisClient | undefined
  return async (closed) => {
    client ??= clientFor(url)
    return openLike(client)(closed)
  }
}

function clientFor(url: string): RedisClient {
  const { createClient } = installed<typeof import('redis')>('redis') ?? {}
  if (createClient) return createClient({ url })
  const { Redis } = installed<typeof import('ioredis')>('ioredis') ?? {}
  if (Redis) return new Redis(url, { lazyConnect: true })
  throw failure('TURBO_CABLE_UNREACHABLE', ['Redis', 'neither `redis` nor `ioredis` is installed: npm install redis'])
}

function installed<Module>(name: string): Module | undefined {
  for (const from of [join(process.cwd(), 'package.json'), __filename]) {
    const require = createRequire(from)
    try {
      return require(name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  return undefined
}

/** What a URL of Redis must be. It may hold a password, so it is not shown. */
export const redisUrl: Rule = {
  words: 'a URL that begins with redis:// or rediss://',
  holds: (value) => typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value),
  shown: () => '(not shown)',
}

/** What a handed-in client must be. A client of Redis Cluster is several connections: which one leads where, nobody could say. */
const redisClient: Rule = {
  words: 'a client of node-redis 5 or ioredis, not of Redis Cluster',
  holds: (value) => {
    const has = (name: string) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'
    const { isCluster, slots } = Object(value) as { isCluster?: boolean; slots?: unknown }
    const isOne = isCluster !== true && slots === undefined
    return isOne && has('duplicate') && has('connect') && (has('sendCommand') || has('call'))
  },
  shown: (value) => typeof value,
}

/** The client itself, once it is one. */
export function checkClient(client: RedisClient): RedisClient {
  return check('client', client, redisClient)
}

// Both have `duplicate`; only ioredis has `call`.
function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return !('call' in client)
}

async function openNodeRedis(pattern: NodeRedisClient, closed: (error?: Error) => void): Promise<RedisConnection> {
  const { socket } = (pattern as { options?: { socket?: object } }).options ?? {}
  const client = pattern.duplicate({
    RESP: 2,
    // They need RESP3. A server that moves ends the connection, and that is enough.
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    socket: { ...socket, reconnectStrategy: false, connectTimeout },
  })
  const end = once(closed)
  let open = false
  const failed = (error: Error) => open && end(error)
  client.on('error', failed)
  client.on('end', failed)
  await inTime(client.connect(), () => client.destroy())
  open = true
  return {
    call: (command) => client.sendCommand(command),
    hold: (holding) => (holding ? client.ref() : client.unref()),
    destroy: () => {
      try {
        client.destroy()
      } catch {
        // It has ended already.
      }
      end(undefined)
    },
  }
}

async function openIoredis(pattern: IoredisClient, closed: (error?: Error) => void): Promise<RedisConnection> {
  const client = pattern.duplicate({
    // ioredis 6; older ones speak nothing else.
    protocol: 2,
    replyMapping: undefined,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    reconnectOnError: null,
    connectTimeout,
  })
  const end = once(closed)
  let open = false
  let last: Error | undefined
  client.on('error', (error: Error) => {
    last = error
  })
  client.on('end', () => open && end(last))
  try {
    await inTime(client.connect(), () => client.disconnect())
  } catch (error) {
    // ioredis says "Connection is closed."; the reason came before.
    throw last ?? error
  }
  open = true
  const { stream } = client as { stream?: { ref(): void; unref(): void } }
  return {
    call: ([command = '', ...values]) => client.call(command, ...values),
    hold: (holding) => (holding ? stream?.ref() : stream?.unref()),
    destroy: () => {
      client.disconnect()
      end(undefined)
    },
  }
}

// A server that takes a connection and then says nothing is as good as none.
async function inTime(connecting: Promise<unknown>, destroy: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${connectTimeout} ms`)), connectTimeout)
  })
  try {
    await Promise.race([connecting, late])
  } catch (error) {
    connecting.catch(() => {})
    try {
      destroy()
    } catch {
      // It has ended already.
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function once(closed: (error?: Error) => void): (error?: Error) => void {
  let done = false
  return (error) => {
    if (done) return
    done = true
    closed(error)
  }
}
