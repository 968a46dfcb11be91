// The jitter bench over two processes that are one hub: clients come back to either, while now and then the engine's server, a
// process, or the network between dies. Nothing may be lost in silence.
// `npm run bench:jitter:fleet [-- --quick --engine redis --only killed]`

import { parseArgs } from 'node:util'
import { TcpProxy } from '../test/support/tcp-proxy.ts'
import { EngineServer, engineKinds, whyNot } from './support/engine-servers.mjs'
import type { Tally } from './support/jitter-driver.mts'
import { type Hub, startHubs } from './support/jitter-hubs.mts'
import { play } from './support/jitter-play.mts'
import { circumstances } from './support/machine.mjs'
import { pause } from './support/reliability-clock.mts'
import { quantile } from './support/statistics.mjs'
import { ms, table } from './support/table.mjs'
import { Verdict } from './support/verdict.mts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'redis' },
    only: { type: 'string', default: '' },
  },
})
const clients = values.quick ? 50 : 500
const count = values.quick ? 24 : 120
const pace = values.quick
  ? { every: 150, cutEvery: 1_500, offline: 250 }
  : { every: 500, cutEvery: 15_000, offline: 2_000 }
const duration = count * pace.every

interface Scene {
  readonly server: EngineServer
  readonly proxy: TcpProxy
  readonly hubs: readonly Hub[]
}

const troubles: Record<string, (scene: Scene) => Promise<void>> = {
  'nothing else': async () => {},
  'the engine is killed, twice': async ({ server }) => {
    for (const _ of [1, 2]) {
      await pause(duration / 4)
      await server.kill()
      await pause(pace.offline)
      await server.start()
    }
  },
  'a process is killed, twice': async ({ hubs: [, other] }) => {
    for (const _ of [1, 2]) {
      await pause(duration / 4)
      await other?.kill()
      await pause(pace.offline)
      await other?.start()
    }
  },
  "the engine's connections are cut, four times": async ({ proxy }) => {
    for (const _ of [1, 2, 3, 4]) {
      await pause(duration / 6)
      proxy.refuse(true)
      await proxy.cut()
      await pause(pace.offline)
      proxy.refuse(false)
    }
  },
  "the engine's connections fall silent": async ({ proxy }) => {
    await pause(duration / 4)
    // Whoever asks of Redis notices after some seconds that nothing comes back, and connects anew. Redis itself never gives up.
    void proxy.swallow()
  },
}

const kind = engineKinds.find(({ name }) => name === values.engine)
const missing = kind ? whyNot(kind) : 'there is no such engine'
if (!kind || missing) throw new Error(`${values.engine}: ${missing}`)
const verdict = new Verdict()
const rows: string[][] = []
for (const [name, trouble] of Object.entries(troubles).filter(([name]) => name.includes(values.only))) {
  console.log(`… ${name}: ${clients} clients, ${count} broadcasts every ${pace.every} ms`)
  const server = await new EngineServer(kind, { durable: true }).start()
  const proxy = await TcpProxy.to(server.port)
  const hubs = await startHubs(2, server.url(proxy.port))
  try {
    const ports = hubs.map(({ port }) => port)
    const [first] = hubs as [Hub]
    const scene = { server, proxy, hubs }
    const sender = { ask: (_: 'publish', plan: Parameters<Hub['publish']>[0]) => first.publish(plan) }
    const tally = await play({
      wire: 'cursors',
      cut: 'client',
      ports,
      clients,
      count,
      pace,
      sender,
      trouble: () => trouble(scene),
    })
    rows.push(row(name, tally, first.refused))
    judge(name, tally)
  } finally {
    await Promise.all(hubs.map((hub) => hub.end()))
    await proxy.close()
    await server.end()
  }
}

console.log(`\n${table(['', ''], circumstances('npm run bench:jitter:fleet'))}\n`)
const head = [
  'what fails',
  'delivered',
  'refused',
  'lost in silence',
  'duplicates',
  'out of order',
  'gaps',
  'cuts',
  'p99',
]
console.log(table(head, rows))
console.log('')
verdict.conclude()

function row(name: string, tally: Tally, refused: number): string[] {
  const { delays, duplicates, disorder, gaps, cuts, silent } = tally
  const delivered = `${((100 * delays.length) / (clients * count)).toFixed(2)} % (${delays.length} of ${clients * count})`
  return [
    name,
    delivered,
    ...[refused, silent, duplicates, disorder, gaps, cuts].map(String),
    ms(quantile(delays, 0.99)),
  ]
}

function judge(name: string, { delays, silent, duplicates, disorder, lost, gaps }: Tally): void {
  verdict.expect(silent === 0, `${name}: ${silent} messages were lost in silence`)
  verdict.expect(duplicates === 0, `${name}: ${duplicates} duplicates`)
  verdict.expect(disorder === 0, `${name}: ${disorder} out of order`)
  verdict.expect(lost === 0, `${name}: ${lost} clients never came back`)
  if (name !== 'nothing else' && !name.startsWith('a process')) return
  verdict.expect(delays.length === clients * count, `${name}: ${clients * count - delays.length} were not delivered`)
  verdict.expect(gaps === 0, `${name}: ${gaps} gaps`)
}
