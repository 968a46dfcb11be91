// The server of the reliability benches, in a process of its own: an http server with a cable and nothing else.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { type AddressInfo, Socket } from 'node:net'
import * as v8 from 'node:v8'
import type { TurboCableOptions } from '../../src/index.ts'
import { answer } from './child.mjs'
import { now, pause, steadily } from './reliability-clock.mts'

/** What a broadcast of the benches carries: its number, when it was sent, and its padding. */
export interface Payload {
  readonly at: number
  readonly n: number
  readonly fill?: string
}

/** What became of a broadcast: when it was sent, and whether that was true. */
export interface Sent {
  readonly n: number
  readonly at: number
  readonly taken: boolean
}

/** Where a server is, and the engine that it shares. */
export interface ServerPlace {
  readonly port?: number
  readonly engineUrl?: string
}

export interface Memory {
  readonly rss: number
  /** V8's heap in use, and the bytes of buffers beside it. */
  readonly heap: number
  readonly buffers: number
}

// By require, as src requires its own: an import beside it would make each class twice, and the counts below would be of others.
const require = createRequire(import.meta.url)
const { turboCable }: typeof import('../../src/index.ts') = require('../../src/index.ts')
const { CableSocket }: typeof import('../../src/transport/websocket.ts') = require('../../src/transport/websocket.ts')
const { Connection }: typeof import('../../src/hub/connection.ts') = require('../../src/hub/connection.ts')
const { Topic }: typeof import('../../src/hub/topic.ts') = require('../../src/hub/topic.ts')

let cable: ReturnType<typeof turboCable>
const server = createServer((request, response) => cable(request, response))
let peak: { stop(): Memory } | undefined

// Who is next in `wander`: stream by stream, round by round.
const turn = {
  timers: [] as NodeJS.Timeout[],
  count: 0,
  used: 0,
  next(streams: readonly string[]): { stream: string; n: number } {
    const n = Math.floor(this.count / streams.length)
    return { stream: streams[this.count++ % streams.length] as string, n }
  },
}

const calls = {
  /** On a port of its own, or on one that it had before it was killed. */
  async start({ port = 0, engineUrl, ...options }: TurboCableOptions & ServerPlace): Promise<number> {
    if (engineUrl) process.env.TURBO_CABLE_ENGINE = engineUrl
    cable = turboCable(options)
    cable.attach(server)
    server.listen(port, '127.0.0.1', 1_024)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },

  /** `count` broadcasts to each of the streams, one every `every` ms, whether or not earlier ones were taken; `n` counts from `first`. */
  async publish(plan: {
    streams: string[]
    count: number
    every: number
    bytes?: number
    first?: number
  }): Promise<Sent[]> {
    const fill = plan.bytes ? 'x'.repeat(plan.bytes) : undefined
    const sent: Promise<Sent>[] = []
    await steadily(plan.count, plan.every, (index) => {
      const n = (plan.first ?? 0) + index
      for (const stream of plan.streams) {
        const at = now()
        const taking = cable.broadcastJson(stream, { at, n, ...(fill && { fill }) })
        sent.push(taking.then((taken) => ({ n, at, taken })))
      }
    })
    return Promise.all(sent)
  },

  /** Broadcasts to the streams in turn, one every `every` ms, and to names used only once, until `rest` is called. */
  wander(plan: { streams: string[]; every: number; onceEvery: number; bytes: number }): void {
    const fill = 'x'.repeat(plan.bytes)
    const inTurn = () => {
      const { stream, n } = turn.next(plan.streams)
      void cable.broadcastJson(stream, { at: now(), n, fill })
    }
    const once = () => void cable.broadcastJson(`once:${turn.used++}`, { at: now(), n: 0, fill })
    turn.timers.push(setInterval(inTurn, plan.every), setInterval(once, plan.onceEvery))
  },

  /** Ends `wander`; tells how many broadcasts it has made since the start. */
  rest(): number {
    for (const timer of turn.timers.splice(0)) clearInterval(timer)
    return turn.count + turn.used
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

  /** Notes the greatest memory from now on, without its garbage where there is --expose-gc, looking every 200 ms. */
  watch(): void {
    let greatest = memory()
    const look = () => {
      const { rss } = memory()
      globalThis.gc?.()
      const { heap, buffers } = memory()
      const more = heap + buffers > greatest.heap + greatest.buffers
      greatest = { rss: Math.max(rss, greatest.rss), ...(more ? { heap, buffers } : pick(greatest)) }
    }
    const timer = setInterval(look, 200)
    peak = {
      stop() {
        clearInterval(timer)
        look()
        return greatest
      },
    }
  },

  watched(): Memory {
    return peak?.stop() ?? memory()
  },

  /** Objects of these classes that are still alive; undefined where Node cannot count them. */
  alive(): Record<string, number> | undefined {
    const { queryObjects } = v8 as { queryObjects?: (kind: unknown, options: { format: 'count' }) => number }
    if (!queryObjects) return undefined
    const count = (kind: unknown) => queryObjects(kind, { format: 'count' })
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

export type ServerCalls = typeof calls

answer(calls)

function memory(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed, buffers: external }
}

function pick({ heap, buffers }: Memory): { heap: number; buffers: number } {
  return { heap, buffers }
}
