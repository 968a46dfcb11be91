// Connections by node-redis 5, to one server or to that of a cluster which has our keys.

import { connectTimeout, once, openInTime, type RedisConnection } from './connection'

/** A client of node-redis 5 (`createClient()` of `redis`), as far as it is needed. */
export interface NodeRedisClient {
  duplicate(overrides?: object): NodeRedisClient
  connect(): Promise<unknown>
  destroy(): unknown
  ref(): void
  unref(): void
  // biome-ignore lint/suspicious/noExplicitAny: its own type depends on the modules that it was made with.
  sendCommand(command: readonly string[], options?: any): Promise<any>
  subscribe(channel: string, heard: (text: string, channel: string) => void): Promise<unknown>
  pSubscribe(pattern: string, heard: (text: string, channel: string) => void): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** A client of Redis Cluster of node-redis 5 (`createCluster()`), as far as it is needed. */
export interface NodeRedisCluster {
  duplicate(overrides?: object): NodeRedisCluster
  connect(): Promise<unknown>
  destroy(): unknown
  // biome-ignore lint/suspicious/noExplicitAny: its own type depends on the modules that it was made with.
  readonly slots: readonly { readonly master: any }[]
  // biome-ignore lint/suspicious/noExplicitAny: what `slots` has.
  nodeClient(node: any): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: an emitter of any event.
  on(event: string, listener: (...values: any[]) => void): unknown
}

/** Opens a connection like that of a client. */
export async function openNodeRedis(
  pattern: NodeRedisClient,
  closed: (error?: Error) => void,
): Promise<RedisConnection> {
  const { socket } = (pattern as { options?: { socket?: object } }).options ?? {}
  const client = pattern.duplicate({
    RESP: 2,
    // They need RESP3. A server that moves ends the connection, and that is enough.
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
    // Types of answers, and times that are shorter than a read which waits for something new.
    commandOptions: undefined,
    socket: { ...socket, reconnectStrategy: false, connectTimeout, socketTimeout: undefined },
  })
  const end = once(closed)
  let open = false
  const failed = (error: Error) => open && end(error)
  client.on('error', failed)
  client.on('end', failed)
  await openInTime(client.connect(), () => client.destroy())
  open = true
  return {
    call: (command) => client.sendCommand(command),
    async subscribe({ channels, patterns }, heard) {
      // The listener of a pattern is not told which.
      await Promise.all([
        ...channels.map((name) => client.subscribe(name, (text, channel) => heard({ name, channel, text }))),
        ...patterns.map((name) => client.pSubscribe(name, (text, channel) => heard({ name, channel, text }))),
      ])
    },
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

/** Opens a connection to the server of a cluster that leads for `key` now. */
export async function openNodeRedisCluster(
  pattern: NodeRedisCluster,
  key: string,
  closed: (error?: Error) => void,
): Promise<RedisConnection> {
  const cluster = pattern.duplicate({ minimizeConnections: true })
  cluster.on('error', () => {})
  const looking = async () => {
    await cluster.connect()
    const [any] = cluster.slots.filter(Boolean)
    const slot = await (await cluster.nodeClient(any?.master)).sendCommand(['CLUSTER', 'KEYSLOT', key])
    const leader = cluster.slots[Number(slot)]
    if (!leader) throw new Error(`no server of the cluster has slot ${slot}`)
    return (await cluster.nodeClient(leader.master)) as NodeRedisClient
  }
  const end = () => {
    try {
      cluster.destroy()
    } catch {
      // It has ended already.
    }
  }
  try {
    return await openNodeRedis(await openInTime(looking(), end), closed)
  } finally {
    end()
  }
}
