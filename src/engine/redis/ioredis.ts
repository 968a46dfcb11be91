// Connections by ioredis 5 and 6, to one server or to that of a cluster which has our keys.

import { connectTimeout, once, openInTime, type RedisConnection } from './connection'

/** A client of ioredis (`new Redis()`), as far as it is needed. */
export interface IoredisClient {
  duplicate(overrides?: object): IoredisClient
  connect(): Promise<unknown>
  disconnect(reconnect?: boolean): void
  // biome-ignore lint/suspicious/noExplicitAny: arguments and answers of any command.
  call(command: string, ...values: any[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: several, or a callback.
  subscribe(...channels: any[]): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: several, or a callback.
  psubscribe(...patterns: any[]): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** A client of Redis Cluster of ioredis (`new Cluster()`), as far as it is needed. */
export interface IoredisCluster {
  // biome-ignore lint/suspicious/noExplicitAny: servers, and options.
  duplicate(startupNodes?: any[], overrides?: any): IoredisCluster
  connect(): Promise<unknown>
  disconnect(reconnect?: boolean): void
  // biome-ignore lint/suspicious/noExplicitAny: a role.
  nodes(role?: any): IoredisClient[]
  // biome-ignore lint/suspicious/noExplicitAny: arguments and answers of any command.
  call(command: string, ...values: any[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** Opens a connection like that of a client. */
export async function openIoredis(pattern: IoredisClient, closed: (error?: Error) => void): Promise<RedisConnection> {
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
    // A read that waits for something new takes longer.
    commandTimeout: undefined,
    socketTimeout: undefined,
  })
  const end = once(closed)
  let open = false
  let last: Error | undefined
  client.on('error', (error: Error) => {
    last = error
  })
  client.on('end', () => open && end(last))
  try {
    await openInTime(client.connect(), () => client.disconnect())
  } catch (error) {
    // ioredis says "Connection is closed."; the reason came before.
    throw last ?? error
  }
  open = true
  const { stream } = client as { stream?: { ref(): void; unref(): void } }
  return {
    call: ([command = '', ...values]) => client.call(command, ...values),
    async subscribe({ channels, patterns }, heard) {
      client.on('message', (channel: string, text: string) => heard({ name: channel, channel, text }))
      client.on('pmessage', (name: string, channel: string, text: string) => heard({ name, channel, text }))
      await Promise.all([
        channels.length > 0 && client.subscribe(...channels),
        patterns.length > 0 && client.psubscribe(...patterns),
      ])
    },
    hold: (holding) => (holding ? stream?.ref() : stream?.unref()),
    destroy: () => {
      client.disconnect()
      end(undefined)
    },
  }
}

/** Opens a connection to the server of a cluster that leads for `key` now. */
export async function openIoredisCluster(
  pattern: IoredisCluster,
  key: string,
  closed: (error?: Error) => void,
): Promise<RedisConnection> {
  const cluster = pattern.duplicate([], { lazyConnect: true, clusterRetryStrategy: () => null })
  cluster.on('error', () => {})
  const looking = async () => {
    await cluster.connect()
    const slot = await cluster.call('CLUSTER', 'KEYSLOT', key)
    const [leader] = (cluster as unknown as { slots: Record<number, readonly string[]> }).slots[slot] ?? []
    const found = cluster.nodes('master').find((node) => addressOf(node) === leader)
    if (!found) throw new Error(`no server of the cluster has slot ${slot}`)
    return found
  }
  try {
    return await openIoredis(await openInTime(looking(), () => cluster.disconnect()), closed)
  } finally {
    cluster.disconnect()
  }
}

function addressOf(node: IoredisClient): string {
  const { host, port } = (node as unknown as { options: { host: string; port: number } }).options
  return `${host}:${port}`
}
