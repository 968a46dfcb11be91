// The jitter bench: clients whose sockets are cut off now and then without a close, under steady broadcasts. Nothing may be
// lost, doubled or out of order. `npm run bench:jitter [-- --quick]`

import { parseArgs } from 'node:util'
import type { Cast, DriverCalls, Tally } from './support/jitter-driver.mts'
import { circumstances } from './support/machine.mjs'
import type { ServerCalls } from './support/reliability-server.mts'
import { start } from './support/start.mts'
import { merged, quantile } from './support/statistics.mjs'
import { ms, table } from './support/table.mjs'
import { Verdict } from './support/verdict.mts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const clients = values.quick ? 100 : 1_000
const count = values.quick ? 20 : 120
const pace = values.quick
  ? { every: 150, cutEvery: 1_200, offline: 250 }
  : { every: 500, cutEvery: 15_000, offline: 2_000 }
const variants = [
  { wire: 'cursors', cut: 'client' },
  { wire: 'cursors', cut: 'proxy' },
  { wire: 'plain', cut: 'client' },
] as const

const perDriver = 250
const stream = 'jitter'
const verdict = new Verdict()
const rows: string[][] = []

for (const variant of variants) {
  console.log(
    `… ${variant.wire}, cut by the ${variant.cut}: ${clients} clients, ${count} broadcasts every ${pace.every} ms`,
  )
  const tally = await play(variant)
  rows.push(row(variant, tally))
  if (variant.wire === 'cursors') judge(tally, `cut by the ${variant.cut}`)
}

console.log(`\n${table(['', ''], circumstances('npm run bench:jitter'))}\n`)
console.log(
  table(
    [
      'wire',
      'cut by',
      'delivered',
      'duplicates',
      'out of order',
      'gaps',
      'cuts',
      'p50',
      'p95',
      'p99',
      'beyond offline: p95',
      'p99',
      'max',
    ],
    rows,
  ),
)
console.log('')
verdict.conclude()

async function play(variant: Pick<Cast, 'wire' | 'cut'>): Promise<Tally> {
  const server = start<ServerCalls>('reliability-server')
  const drivers = Array.from({ length: Math.ceil(clients / perDriver) }, () => start<DriverCalls>('jitter-driver'))
  try {
    const port = await server.ask('start', {})
    const share = (index: number) => Math.floor((clients + index) / drivers.length)
    await Promise.all(
      drivers.map((driver, index) => driver.ask('connect', { ...variant, port, stream, count, clients: share(index) })),
    )
    for (const driver of drivers) await driver.ask('jitter', { every: pace.cutEvery, offline: pace.offline })
    await server.ask('publish', { streams: [stream], count, every: pace.every })
    await Promise.all(drivers.map((driver) => driver.ask('settle')))
    await server.ask('publish', { streams: [stream], count: 1, every: 0, first: count })
    const tallies = await Promise.all(drivers.map((driver) => driver.ask('collect')))
    await server.ask('close')
    return added(tallies)
  } finally {
    await Promise.all([server, ...drivers].map((child) => child.end()))
  }
}

function added(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0)
  return {
    delays: merged(tallies.map(({ delays }) => delays)),
    beyond: merged(tallies.map(({ beyond }) => beyond)),
    duplicates: sum(({ duplicates }) => duplicates),
    disorder: sum(({ disorder }) => disorder),
    gaps: sum(({ gaps }) => gaps),
    cuts: sum(({ cuts }) => cuts),
    lost: sum(({ lost }) => lost),
  }
}

function row({ wire, cut }: Pick<Cast, 'wire' | 'cut'>, tally: Tally): string[] {
  const { delays, beyond, duplicates, disorder, gaps, cuts } = tally
  const delivered = `${((100 * delays.length) / (clients * count)).toFixed(2)} % (${delays.length} of ${clients * count})`
  return [
    ...[wire, cut, delivered, `${duplicates}`, `${disorder}`, `${gaps}`, `${cuts}`],
    ...[0.5, 0.95, 0.99].map((share) => ms(quantile(delays, share))),
    ...[0.95, 0.99, 1].map((share) => ms(quantile(beyond, share))),
  ]
}

function judge({ delays, beyond, duplicates, disorder, gaps, lost }: Tally, where: string): void {
  verdict.expect(delays.length === clients * count, `${where}: ${clients * count - delays.length} messages were lost`)
  verdict.expect(duplicates === 0, `${where}: ${duplicates} duplicates`)
  verdict.expect(disorder === 0, `${where}: ${disorder} out of order`)
  verdict.expect(gaps === 0, `${where}: ${gaps} gaps`)
  verdict.expect(lost === 0, `${where}: ${lost} clients never came back`)
  if (values.quick) return
  const p95 = quantile(beyond, 0.95)
  verdict.expect(p95 < 1_000, `${where}: p95 is ${ms(p95)} beyond the time offline, not under 1000 ms`)
}
