// One process of clients of the jitter bench. Cuts each of them off now and then, and adds up what they got.

import { TcpProxy } from '../../test/support/tcp-proxy.ts'
import { answer } from './child.mjs'
import { type Client, Ledger, plainClient, stockClient } from './jitter-clients.mts'
import { now, pause, until } from './reliability-clock.mts'

export interface Cast {
  readonly port: number
  readonly clients: number
  readonly wire: 'cursors' | 'plain'
  /** Who ends the sockets: the client's own machine, which knows of it, or something on the way. */
  readonly cut: 'client' | 'proxy'
  readonly stream: string
  readonly count: number
}

export interface Tally {
  readonly delays: Float64Array
  readonly beyond: Float64Array
  readonly duplicates: number
  readonly disorder: number
  readonly gaps: number
  readonly cuts: number
  /** Clients that did not even get the end mark. */
  readonly lost: number
}

const players: { client: Client; ledger: Ledger; unplug(): void; replug(): void }[] = []
let proxy: TcpProxy | undefined
let cutting = false
let done: Promise<unknown> = Promise.resolve()

const calls = {
  /** Connects all clients and waits until each is served. */
  async connect({ port, clients, wire, cut, stream, count }: Cast): Promise<void> {
    proxy = cut === 'proxy' ? await TcpProxy.to(port) : undefined
    const entrance = proxy?.port ?? port
    for (let index = 0; index < clients; index++) {
      const ledger = new Ledger(count)
      const url = `ws://127.0.0.1:${entrance}/cable?client=${index}`
      const client = (wire === 'plain' ? plainClient : stockClient)(url, stream, ledger)
      players.push({
        client,
        ledger,
        unplug: () => (proxy ? proxy.cutOff(`${index}`) : client.unplug()),
        replug: () => (proxy ? proxy.restore(`${index}`) : client.replug()),
      })
      // A server's queue of connects is finite, and this is no bench of it.
      if (index % 50 === 49) await allLive()
    }
    await allLive()
  },

  /** Starts to cut every client off about every `every` ms, for about `offline` ms. */
  jitter({ every, offline }: { every: number; offline: number }): void {
    cutting = true
    done = Promise.all(
      players.map(async ({ ledger, unplug, replug }) => {
        await waiting(Math.random() * every)
        while (cutting) {
          const from = now()
          unplug()
          await pause(offline * (0.75 + Math.random() * 0.5))
          ledger.away(from, now())
          replug()
          await waiting(every * (0.5 + Math.random()))
        }
      }),
    )
  },

  /** Ends the cutting, and waits until every client is served again. */
  async settle(): Promise<void> {
    cutting = false
    await done
    await allLive()
  },

  /** What all have got by the end mark, and the end of them. */
  async collect(): Promise<Tally> {
    const waitingFor = () => players.filter(({ ledger }) => !ledger.ended).length
    const lost = await until(waitingFor, (left) => left === 0, 30_000).catch(waitingFor)
    for (const { client } of players) client.end()
    await proxy?.close()
    const sum = (pick: (ledger: Ledger) => number) => players.reduce((total, { ledger }) => total + pick(ledger), 0)
    return {
      delays: Float64Array.from(players.flatMap(({ ledger }) => ledger.delays)),
      beyond: Float64Array.from(players.flatMap(({ ledger }) => ledger.beyond)),
      duplicates: sum(({ duplicates }) => duplicates),
      disorder: sum(({ disorder }) => disorder),
      gaps: sum(({ gaps }) => gaps),
      cuts: sum(({ cuts }) => cuts),
      lost,
    }
  },
}

export type DriverCalls = typeof calls

answer(calls)

function allLive(): Promise<unknown> {
  const waitingFor = () => players.filter(({ client }) => !client.live).length
  return until(waitingFor, (left) => left === 0, 60_000)
}

// Ends early when the cutting does.
async function waiting(milliseconds: number): Promise<void> {
  const end = now() + milliseconds
  while (cutting && now() < end) await pause(Math.min(100, Math.max(0, end - now())))
}
