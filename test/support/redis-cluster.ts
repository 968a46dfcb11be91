// A Redis Cluster of three servers, and one more that stands by for the one that leads for a given key.

import { freePort } from './http-server.ts'
import { RedisServer } from './redis-server.ts'

const slots = 16_384

export class RedisCluster {
  readonly #servers: readonly RedisServer[]
  readonly #replica: RedisServer
  readonly #leader: RedisServer

  private constructor(servers: readonly RedisServer[], replica: RedisServer, leader: RedisServer) {
    this.#servers = servers
    this.#replica = replica
    this.#leader = leader
  }

  /** Starts one. `key` is what the replica stands by for. */
  static async start(key: string): Promise<RedisCluster> {
    const servers: RedisServer[] = []
    for (let n = 0; n < 4; n++) {
      // The port that they talk to each other by is 10,000 higher where nobody says, which may be past the last.
      const own = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]
      servers.push(await RedisServer.start(...own, '--cluster-node-timeout', '2000', '--repl-diskless-sync-delay', '0'))
    }
    const [first, ...others] = servers as [RedisServer, ...RedisServer[]]
    const masters = servers.slice(0, 3)
    const bounds = (n: number) => String(Math.floor((slots * n) / 3))
    for (const [n, server] of masters.entries()) {
      await server.command('CLUSTER', 'ADDSLOTSRANGE', bounds(n), String(Number(bounds(n + 1)) - 1))
      // Whose vote counts where two claim the same.
      await server.command('CLUSTER', 'SET-CONFIG-EPOCH', String(n + 1))
    }
    for (const { port, busPort } of others.map((server) => ({ port: server.port, busPort: busPortOf(server) }))) {
      await first.command('CLUSTER', 'MEET', '127.0.0.1', String(port), busPort)
    }
    const slot = Number(await first.command('CLUSTER', 'KEYSLOT', key))
    const leader = masters[Math.min(2, Math.floor((slot * 3) / slots))] as RedisServer
    const replica = servers[3] as RedisServer
    const id = String(await leader.command('CLUSTER', 'MYID'))
    await answers(replica, ['CLUSTER', 'NODES'], (text) => text.includes(id))
    await replica.command('CLUSTER', 'REPLICATE', id)
    for (const server of servers)
      await answers(server, ['CLUSTER', 'INFO'], (text) => /state:ok/.test(text) && /known_nodes:4/.test(text))
    await answers(replica, ['INFO', 'replication'], (text) => text.includes('master_link_status:up'))
    return new RedisCluster(servers, replica, leader)
  }

  get ports(): readonly number[] {
    return this.#servers.map(({ port }) => port)
  }

  /** The keys of the server that leads for the key. */
  async keys(): Promise<readonly string[]> {
    return (await this.#leader.command('KEYS', '*')) as string[]
  }

  /** Kills the server that leads for the key, and lets the other one take its place at once. */
  async failOver(): Promise<void> {
    await this.#leader.kill()
    await this.#replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER')
    const others = this.#servers.filter((server) => server !== this.#leader)
    for (const server of others) {
      const isLeader = new RegExp(`127.0.0.1:${this.#replica.port}@\\S+ (myself,)?master .* \\d+-\\d+`)
      await answers(server, ['CLUSTER', 'NODES'], (text) => isLeader.test(text))
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.end()))
  }
}

function busPortOf(server: RedisServer): string {
  return server.options[server.options.indexOf('--cluster-port') + 1] as string
}

// What the servers tell each other comes when it comes, and nothing says so.
async function answers(server: RedisServer, command: string[], holds: (text: string) => boolean): Promise<void> {
  while (!holds(String(await server.command(...command)))) await new Promise((resolve) => setTimeout(resolve, 20))
}
