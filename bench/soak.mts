// The soak: clients that come, go, sleep, subscribe and unsubscribe for ten minutes under steady broadcasts. The server must
// end as it was when warm. `npm run bench:soak [-- --quick]`

import { parseArgs } from 'node:util'
import { circumstances } from './support/machine.mjs'
import { now, pause, until } from './support/reliability-clock.mts'
import type { Memory, ServerCalls } from './support/reliability-server.mts'
import type { SoakCalls } from './support/soak-driver.mts'
import { start } from './support/start.mts'
import { mib, table } from './support/table.mjs'
import { Verdict } from './support/verdict.mts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const clients = values.quick ? 100 : 2_000
const duration = values.quick ? 8_000 : 600_000
const warmUp = duration * 0.3
const every = values.quick ? 400 : 4_000
const pool = Array.from({ length: 100 }, (_, index) => `room:${index}`)
const verdict = new Verdict()

// Bounds that are reached while it warms up: what grows after that is a leak, and not history that fills.
const history = { ttl: 30_000, totalBytes: 2 * 2 ** 20 }
const server = start<ServerCalls>('reliability-server', '--expose-gc')
const drivers = Array.from({ length: values.quick ? 2 : 4 }, () => start<SoakCalls>('soak-driver'))
const began = now()
const rows: string[][] = []
let broadcasts = 0
try {
  const port = await server.ask('start', { history })
  const share = (index: number) => Math.floor((clients + index) / drivers.length)
  await Promise.all(drivers.map((driver, index) => driver.ask('create', { port, pool, clients: share(index) })))
  const empty = await note('before the first client')
  await muster()
  await wanderUntil(began + warmUp)
  const warm = await note('warm, all called together')
  await wanderUntil(began + (warmUp + duration) / 2)
  await note('half way')
  await wanderUntil(began + duration)
  const end = await note('at the end, all called together')
  await Promise.all(drivers.map((driver) => driver.ask('depart')))
  await until(
    () => server.ask('stats'),
    (stats) => stats.connections + stats.streams + stats.subscriptions === 0,
    30_000,
  )
  const left = await note('all gone')
  await report({ empty, warm, end, left })
} finally {
  await Promise.all([server, ...drivers].map((child) => child.end()))
}

async function wanderUntil(time: number): Promise<void> {
  await server.ask('wander', { streams: pool, every: 20, onceEvery: 50, bytes: 200 })
  await Promise.all(drivers.map((driver) => driver.ask('wander', every)))
  while (now() < time) {
    await pause(Math.min(values.quick ? 2_000 : 20_000, Math.max(0, time - now())))
    const { connections, streams, subscriptions } = await server.ask('stats')
    console.log(`… ${seconds()}: ${connections} connections, ${streams} streams, ${subscriptions} subscriptions`)
  }
  broadcasts = await server.ask('rest')
  await muster()
}

/** All online, three subscriptions each: moments that compare. */
async function muster(): Promise<void> {
  await Promise.all(drivers.map((driver) => driver.ask('muster')))
  await until(
    () => server.ask('stats'),
    (stats) => stats.connections === clients && stats.subscriptions === clients * 3,
    30_000,
  )
}

interface Noted {
  readonly memory: Memory
  readonly alive: Record<string, number> | undefined
}

async function note(moment: string): Promise<Noted> {
  const memory = await server.ask('memory')
  const { connections, streams, subscriptions } = await server.ask('stats')
  const alive = await server.ask('alive')
  const { rss, heap, buffers } = memory
  rows.push([
    ...[moment, seconds(), `${connections}`, `${streams}`, `${subscriptions}`, mib(heap), mib(buffers), mib(rss)],
    alive
      ? Object.entries(alive)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')
      : 'not to be counted',
  ])
  console.log(`… ${rows.at(-1)?.join(' · ')}`)
  return { memory, alive }
}

async function report({ empty, warm, end, left }: Record<'empty' | 'warm' | 'end' | 'left', Noted>): Promise<void> {
  const journals = await Promise.all(drivers.map((driver) => driver.ask('journal')))
  const sum = (name: keyof (typeof journals)[0]) => journals.reduce((total, journal) => total + journal[name], 0)
  const held = ({ memory: { heap, buffers } }: Noted) => heap + buffers
  const growth = held(end) / held(warm) - 1
  const rssGrowth = end.memory.rss / warm.memory.rss - 1
  const resources = await server.ask('close')
  console.log(`\n${table(['', ''], circumstances('npm run bench:soak'))}\n`)
  const head = ['moment', 'time', 'connections', 'streams', 'subscriptions', 'heap', 'buffers', 'rss', 'objects alive']
  console.log(table(head, rows))
  console.log(
    [
      `\n${sum('visits')} visits, ${sum('sleeps')} sleeps, ${sum('subscribes')} subscribes, ${sum('unsubscribes')} unsubscribes,`,
      `${broadcasts} broadcasts, ${sum('messages')} messages received, ${sum('faults')} out of sequence, ${sum('gaps')} gaps`,
    ].join('\n'),
  )
  console.log(`heap and buffers, end ÷ warm: ${percent(growth)}; rss: ${percent(rssGrowth)}`)
  console.log(`resources after close(): ${resources.join(', ') || 'none'}\n`)
  if (!values.quick) verdict.expect(growth < 0.1, `memory ended ${percent(growth)} above where it was when warm`)
  if (!values.quick) verdict.expect(rssGrowth < 0.1, `rss ended ${percent(rssGrowth)} above where it was when warm`)
  for (const [name, count] of Object.entries(left.alive ?? {})) {
    const more = count - (empty.alive?.[name] ?? 0)
    verdict.expect(more === 0, `${more} ${name} left over`)
  }
  verdict.expect(sum('faults') === 0, `${sum('faults')} messages out of sequence`)
  verdict.expect(sum('gaps') === 0, `${sum('gaps')} gaps`)
  verdict.expect(resources.length === 0, `left after close(): ${resources.join(', ')}`)
  verdict.conclude()
}

function seconds(): string {
  return `${Math.round((now() - began) / 1_000)} s`
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`
}
