// Several processes behind one address, in turn, as a load balancer without stickiness does it.

import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TurboCableOptions } from '../../src/index.ts'
import type { Runtime } from './runtime.ts'
import type { Served } from './with-cable.ts'

/** One address whose connections go to each port in turn. */
export class Balancer {
  readonly #ports: readonly number[]
  readonly #open = new Set<Socket>()
  readonly #server = createServer((near) => this.#meet(near))
  #turn = 0

  private constructor(ports: readonly number[]) {
    this.#ports = ports
  }

  static async over(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports)
    await once(balancer.#server.listen(0, '127.0.0.1'), 'listening')
    return balancer
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #meet(near: Socket): void {
    const far = connect(this.#ports[this.#turn++ % this.#ports.length] as number, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one)
      one.setNoDelay(true)
      one.on('error', () => {})
      one.on('close', () => {
        this.#open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
}

/** Serves a cable in each of these processes, behind one address. Verbs are called in the first; counts are sums. */
export async function serveBalanced(processes: readonly Runtime[], options: TurboCableOptions): Promise<Served> {
  const all = await Promise.all(processes.map((each) => each.serve('express', options)))
  const balancer = await Balancer.over(all.map(({ port }) => port))
  const { port } = balancer
  const cables = all.map(({ cable }) => cable)
  const server = Object.assign(new EventEmitter(), {
    close: () => void end(),
    closeAllConnections() {},
  })
  const end = async () => {
    await balancer.close()
    await Promise.all(all.map((each) => Promise.all([once(each.server as EventEmitter, 'close'), each.server.close()])))
    server.emit('close')
  }
  return {
    server,
    port,
    origin: `http://127.0.0.1:${port}`,
    cable: {
      broadcastJson: (stream, data) => (cables[0] as Served['cable']).broadcastJson(stream, data),
      close: async (given) => void (await Promise.all(cables.map((cable) => cable.close(given)))),
      stats: async () => {
        const counts = await Promise.all(cables.map((cable) => cable.stats()))
        const sum = (name: keyof (typeof counts)[0]) => counts.reduce((total, each) => total + each[name], 0)
        return {
          connections: sum('connections'),
          streams: sum('streams'),
          subscriptions: sum('subscriptions'),
          broadcasts: sum('broadcasts'),
          slowConsumers: sum('slowConsumers'),
          silentConnections: sum('silentConnections'),
        }
      },
    },
  }
}
