// One process of clients of the jitter bench. Cuts each of them off now and then, and adds up what they got.

import { TcpProxy } from '../../test/support/tcp-proxy.ts'
import { answer } from './child.mjs'
import { type Client, clientOf, type Wire } from './jitter-clients.mts'
import { Ledger } from './jitter-ledger.mts'
import { now, pause, until } from './reliability-clock.mts'
import type { Sent } from './reliability-server.mts'

export interface Cast {
  /** Of processes that are one hub: each connect goes to one of them. */
  readonly ports: readonly number[]
  readonly clients: number
  readonly wire: Wire
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
  /** How often a client's own library gave its subscription up, and said so. */
  readonly givenUp: number
  /** Messages that a client missed and was not told of. */
  readonly silent: number
}

const players: { client: Client; ledger: Ledger; unplug(): void; replug(): void }[] = []
let proxy: TcpProxy | undefined
let cutting = false
let done: Promise<unknown> = Promise.resolve()

const calls = {
  /** Connects all clients and waits until each is served. */
  async connect({ ports, clients, wire, cut, stream, count }: Cast): Promise<void> {
    proxy = cut === 'proxy' ? await TcpProxy.to(ports[0] as number) : undefined
    const entrances = proxy ? [proxy.port] : ports
    for (let index = 0; index < clients; index++) {
      const ledger = new Ledger(count)
      const client = clientOf[wire]({ ports: entrances, query: `?client=${index}`, stream }, ledger)
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
  async collect(sent: readonly Sent[]): Promise<Tally> {
    const waitingFor = () => players.filter(({ ledger }) => !ledger.ended).length
    const lost = await until(waitingFor, (left) => left === 0, 30_000).catch(waitingFor)
    // What could not be sent is made up for by a refresh, which may come after the end mark.
    const untold = () => players.filter(({ ledger }) => ledger.lostInSilence(refused) > 0).length
    const refused = sent.filter(({ taken }) => !taken)
    await until(untold, (left) => left === 0, 10_000).catch(() => {})
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
      givenUp: sum(({ givenUp }) => givenUp),
      silent: sum((ledger) => ledger.lostInSilence(sent)),
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
