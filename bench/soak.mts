// The soak: clients that come, go, sleep, subscribe and unsubscribe for ten minutes under steady broadcasts. The server must
// end as it was when warm. `node --import tsx bench/soak.mts [--quick] [--minutes 10] [--clients 2000]`

import { parseArgs } from 'node:util'
import { Child } from './support/reliability-child.mts'
import { now, pause, until } from './support/reliability-clock.mts'
import { mib, setting, table, Verdict } from './support/reliability-report.mts'
import type { Memory, ServerCalls } from './support/reliability-server.mts'
import type { SoakCalls } from './support/soak-driver.mts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string' },
  },
})
const clients = Number(values.clients ?? (values.quick ? 100 : 2_000))
const duration = values.quick ? 8_000 : Number(values.minutes) * 60_000
const warmUp = duration * 0.3
const every = values.quick ? 400 : 4_000
const pool = Array.from({ length: 100 }, (_, index) => `room:${index}`)
const verdict = new Verdict()

// Bounds that are reached while it warms up: what grows after that is a leak, and not history that fills.
const history = { ttl: 30_000, totalBytes: 2 * 2 ** 20 }
const server = new Child<ServerCalls>('./reliability-server.mts', ['--expose-gc'])
const drivers = Array.from({ length: values.quick ? 2 : 4 }, () => new Child<SoakCalls>('./soak-driver.mts'))
const start = now()
const rows: string[][] = []
let broadcasts = 0
try {
  const port = await server.call('start', { history })
  const share = (index: number) => Math.floor((clients + index) / drivers.length)
  await Promise.all(drivers.map((driver, index) => driver.call('create', { port, pool, clients: share(index) })))
  const empty = await note('before the first client')
  await muster()
  await wanderUntil(start + warmUp)
  const warm = await note('warm, all called together')
  await wanderUntil(start + (warmUp + duration) / 2)
  await note('half way')
  await wanderUntil(start + duration)
  const end = await note('at the end, all called together')
  await Promise.all(drivers.map((driver) => driver.call('depart')))
  await until(
    () => server.call('stats'),
    (stats) => stats.connections + stats.streams + stats.subscriptions === 0,
    30_000,
  )
  const left = await note('all gone')
  await report({ empty, warm, end, left })
} finally {
  await Promise.all([server, ...drivers].map((child) => child.end()))
}

async function wanderUntil(time: number): Promise<void> {
  await server.call('wander', { streams: pool, every: 20, onceEvery: 50, bytes: 200 })
  await Promise.all(drivers.map((driver) => driver.call('wander', every)))
  while (now() < time) {
    await pause(Math.min(values.quick ? 2_000 : 20_000, Math.max(0, time - now())))
    const { connections, streams, subscriptions } = await server.call('stats')
    console.log(`… ${seconds()}: ${connections} connections, ${streams} streams, ${subscriptions} subscriptions`)
  }
  broadcasts = await server.call('rest')
  await muster()
}

/** All online, three subscriptions each: moments that compare. */
async function muster(): Promise<void> {
  await Promise.all(drivers.map((driver) => driver.call('muster')))
  await until(
    () => server.call('stats'),
    (stats) => stats.connections === clients && stats.subscriptions === clients * 3,
    30_000,
  )
}

interface Noted {
  readonly memory: Memory
  readonly alive: Record<string, number> | undefined
}

async function note(moment: string): Promise<Noted> {
  const memory = await server.call('memory')
  const { connections, streams, subscriptions } = await server.call('stats')
  const alive = await server.call('alive')
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
  const journals = await Promise.all(drivers.map((driver) => driver.call('journal')))
  const sum = (name: keyof (typeof journals)[0]) => journals.reduce((total, journal) => total + journal[name], 0)
  const held = ({ memory: { heap, buffers } }: Noted) => heap + buffers
  const growth = held(end) / held(warm) - 1
  const rssGrowth = end.memory.rss / warm.memory.rss - 1
  const resources = await server.call('close')
  console.log(`\n${setting()}\n`)
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
  return `${Math.round((now() - start) / 1_000)} s`
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`
}
