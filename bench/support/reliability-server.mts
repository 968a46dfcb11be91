// The server of the reliability benches, in a process of its own: an http server with a cable and nothing else.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import * as v8 from 'node:v8'
import { CableSocket, Connection } from '../../src/hub/connection.ts'
import { Topic } from '../../src/hub/subscriptions.ts'
import { type TurboCableOptions, turboCable } from '../../src/index.ts'
import { offer } from './reliability-child.mts'
import { now, pause, steadily } from './reliability-clock.mts'

/** What a broadcast of the benches carries: its number, when it was sent, and its padding. */
export interface Payload {
  readonly at: number
  readonly n: number
  readonly fill?: string
}

export interface Memory {
  readonly rss: number
  /** V8's heap in use, and the bytes of buffers beside it. */
  readonly heap: number
  readonly buffers: number
}

let cable: ReturnType<typeof turboCable>
const server = createServer((request, response) => cable(request, response))
let peak: { stop(): Memory } | undefined
let steady: { stop(): Promise<number> } | undefined

const calls = {
  async start(options: TurboCableOptions): Promise<number> {
    cable = turboCable(options)
    cable.attach(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },

  /** `count` broadcasts to each of the streams, one every `every` ms; `n` counts from `first`. */
  async publish(plan: { streams: string[]; count: number; every: number; bytes?: number; first?: number }): Promise<void> {
    const fill = plan.bytes ? 'x'.repeat(plan.bytes) : undefined
    await steadily(plan.count, plan.every, async (index) => {
      const n = (plan.first ?? 0) + index
      for (const stream of plan.streams) await cable.broadcastJson(stream, { at: now(), n, ...(fill && { fill }) })
    })
  },

  /** Broadcasts to the streams in turn, and to names that are used once, until `rest` is called. */
  wander(plan: { streams: string[]; every: number; bytes: number; onceEvery: number }): void {
    const fill = 'x'.repeat(plan.bytes)
    const next = new Map<string, number>()
    let sent = 0
    let used = 0
    const timers = [
      setInterval(() => {
        const stream = plan.streams[sent++ % plan.streams.length] as string
        const n = numbers.get(stream) ?? 0
        numbers.set(stream, n + 1)
        void cable.broadcastJson(stream, { at: now(), n, fill })
      }, plan.every),
      setInterval(() => void cable.broadcastJson(`once:${onceUsed++}`, { at: now(), n: used++, fill }), plan.onceEvery),
    ]
    steady = {
      async stop() {
        for (const timer of timers) clearInterval(timer)
        next.clear()
        return sent
      },
    }
  },

  async rest(): Promise<number> {
    const sent = await steady?.stop()
    steady = undefined
    return sent ?? 0
  },

  stats: () => cable.stats(),

  /** Memory after the garbage is gone; needs --expose-gc. */
  async memory(): Promise<Memory> {
    for (let round = 0; round < 4; round++) {
      globalThis.gc?.()
      await pause(20)
    }
    return memory()
  },

  /** Notes the greatest memory from now on, looking every 50 ms. */
  watch(): void {
    let greatest = memory()
    const timer = setInterval(() => {
      const { rss, heap, buffers } = memory()
      const more = heap + buffers > greatest.heap + greatest.buffers
      greatest = { rss: Math.max(rss, greatest.rss), ...(more ? { heap, buffers } : pick(greatest)) }
    }, 50)
    peak = {
      stop() {
        clearInterval(timer)
        return greatest
      },
    }
  },

  watched(): Memory {
    return peak?.stop() ?? memory()
  },

  /** Objects of these classes that are still alive; undefined where Node cannot count them. */
  alive(): Record<string, number> | undefined {
    const { queryObjects } = v8 as { queryObjects?: (constructor: unknown, options: { format: 'count' }) => number }
    if (!queryObjects) return undefined
    const count = (constructor: unknown) => queryObjects(constructor, { format: 'count' })
    return {
      Connection: count(Connection),
      CableSocket: count(CableSocket),
      Topic: count(Topic),
      Socket: count(Socket),
    }
  },

  /** Closes cable and server; then tells what still keeps this process alive, beside its wire to the bench. */
  async close(): Promise<string[]> {
    await cable.close({ timeout: 5_000 })
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    await pause(0)
    return process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'Pipe')
  },
}

const numbers = new Map<string, number>()
let onceUsed = 0

export type ServerCalls = typeof calls

offer(calls)

function memory(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed, buffers: external }
}

function pick({ heap, buffers }: Memory): { heap: number; buffers: number } {
  return { heap, buffers }
}
