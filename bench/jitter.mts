// The jitter bench: clients whose sockets are cut off now and then without a close, under steady broadcasts. Nothing may be
// lost, doubled or out of order. `npm run bench:jitter [-- --quick]`

import { parseArgs } from 'node:util'
import type { Cast, Tally } from './support/jitter-driver.mts'
import { play } from './support/jitter-play.mts'
import { circumstances } from './support/machine.mjs'
import { pause } from './support/reliability-clock.mts'
import type { ServerCalls } from './support/reliability-server.mts'
import { start } from './support/start.mts'
import { quantile } from './support/statistics.mjs'
import { ms, table } from './support/table.mjs'
import { Verdict } from './support/verdict.mts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const clients = values.quick ? 100 : 1_000
const count = values.quick ? 14 : 120
const pace = values.quick
  ? { every: 150, cutEvery: 1_200, offline: 250 }
  : { every: 500, cutEvery: 15_000, offline: 2_000 }
const variants = [
  { wire: 'cursors', cut: 'client' },
  { wire: 'cursors', cut: 'proxy' },
  { wire: 'anycable', cut: 'client' },
  { wire: 'events', cut: 'client' },
  { wire: 'plain', cut: 'client' },
] as const

const verdict = new Verdict()
const rows: string[][] = []

for (const variant of variants) {
  const tally = await once(variant)
  rows.push(row(variant, tally))
  if (variant.wire !== 'plain') judge(tally, variant)
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

async function once(variant: Pick<Cast, 'wire' | 'cut'>): Promise<Tally> {
  const { wire, cut } = variant
  console.log(`… ${wire}, cut by the ${cut}: ${clients} clients, ${count} broadcasts every ${pace.every} ms`)
  const server = start<ServerCalls>('reliability-server')
  try {
    const port = await server.ask('start', {})
    // AnyCable's client says in whole seconds since when it is there. A server that came in the same second cannot know what was then.
    await pause(1_000 - (Date.now() % 1_000))
    const tally = await play({ ...variant, ports: [port], clients, count, pace, sender: server })
    await server.ask('close')
    return tally
  } finally {
    await server.end()
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

function judge(tally: Tally, { wire, cut }: Pick<Cast, 'wire' | 'cut'>): void {
  const { delays, beyond, duplicates, disorder, gaps, lost, givenUp, silent } = tally
  const where = `${wire}, cut by the ${cut}`
  if (givenUp > 0) console.log(`${where}: its clients gave ${givenUp} subscriptions up by themselves`)
  // Whatever is missing, a library that gives up has dropped it, and has said so.
  const missing = givenUp > 0 ? silent : clients * count - delays.length
  verdict.expect(missing === 0, `${where}: ${missing} messages were lost`)
  verdict.expect(duplicates === 0, `${where}: ${duplicates} duplicates`)
  verdict.expect(disorder === 0, `${where}: ${disorder} out of order`)
  verdict.expect(gaps === 0, `${where}: ${gaps} gaps`)
  verdict.expect(lost === 0, `${where}: ${lost} clients never came back`)
  // How soon somebody else's client comes back is its own affair.
  if (values.quick || wire !== 'cursors') return
  const p95 = quantile(beyond, 0.95)
  verdict.expect(p95 < 1_000, `${where}: p95 is ${ms(p95)} beyond the time offline, not under 1000 ms`)
}
