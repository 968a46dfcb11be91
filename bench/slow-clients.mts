// The slow-client bench: what one client that reads 1 KB/s costs a thousand others, and what two hundred such cost the server.
// `npm run bench:slow [-- --quick]`

import { parseArgs } from 'node:util'
import type { Child } from './support/child.mjs'
import { circumstances } from './support/machine.mjs'
import { pause, until } from './support/reliability-clock.mts'
import type { Memory, ServerCalls } from './support/reliability-server.mts'
import type { SlowCalls } from './support/slow-driver.mts'
import { start } from './support/start.mts'
import { merged, quantile } from './support/statistics.mjs'
import { mib, ms, table } from './support/table.mjs'
import { Verdict } from './support/verdict.mts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const clients = values.quick ? 100 : 1_000
const rounds = values.quick ? 1 : 5
const slowClients = values.quick ? 10 : 200
const pace = 1_024
// 80 KB/s to each: soon more than the kernel's buffers and the bound of a slow one hold, and far from what two cores can do.
const load = { bytes: 4_000, every: 50, count: values.quick ? 10 : 200 }
const flood = { bytes: 16_000, every: values.quick ? 4 : 20 }
const stuffing = { streams: ['stuffing'], bytes: 16_000, every: 5 }
const mebibyte = 2 ** 20
const verdict = new Verdict()

console.log(`… one slow client among ${clients}, ${rounds} rounds`)
const others = await delaysOfOthers()
console.log(`… ${slowClients} slow clients on one stream`)
const shared = await memoryWith(Array.from({ length: slowClients }, () => 'flood'))
console.log(`… ${slowClients} slow clients, each on a stream of its own`)
const own = await memoryWith(Array.from({ length: slowClients }, (_, index) => `flood:${index}`))

console.log(`\n${table(['', ''], circumstances('npm run bench:slow'))}\n`)
console.log(table(['the others’ time from send to receipt', 'p50', 'p95', 'p99', 'max'], others.rows))
console.log(`\nslow clients dropped meanwhile: ${others.dropped}; p99 with ÷ p99 without: ${others.ratio.toFixed(2)}\n`)
console.log(
  table(
    ['slow clients', 'memory before', 'at most', 'after', 'rss before', 'at most', 'after', 'dropped'],
    [memoryRow(`${slowClients} on one stream`, shared), memoryRow(`${slowClients} on streams of their own`, own)],
  ),
)
console.log('')
if (!values.quick) verdict.expect(others.ratio < 2, `the others’ p99 is ${others.ratio.toFixed(2)} times that without`)
verdict.expect(others.closed === 0, `${others.closed} of the others were closed`)
for (const [kind, { before, most, after, dropped }] of Object.entries({ shared, own })) {
  // The bound per client, the history's, and something for the messages on their way.
  const bound = slowClients * mebibyte + 64 * mebibyte + 64 * mebibyte
  const grown = bytesOf(most) - bytesOf(before)
  verdict.expect(grown < bound, `${kind}: memory grew by ${mib(grown)}, past the bound of ${mib(bound)}`)
  verdict.expect(dropped === slowClients, `${kind}: ${dropped} of ${slowClients} slow clients were dropped`)
  // What is kept for those who come back stays.
  const left = bytesOf(after) - bytesOf(before)
  verdict.expect(left < 64 * mebibyte + 16 * mebibyte, `${kind}: ${mib(left)} stayed when all slow clients were gone`)
}
verdict.conclude()

async function delaysOfOthers() {
  const server = start<ServerCalls>('reliability-server')
  const drivers = Array.from({ length: Math.ceil(clients / 250) }, () => start<SlowCalls>('slow-driver'))
  const slow = start<SlowCalls>('slow-driver')
  const without: Float64Array[] = []
  const beside: Float64Array[] = []
  try {
    const port = await server.ask('start', {})
    const share = (index: number) => Math.floor((clients + index) / drivers.length)
    const stream = 'load'
    await Promise.all(drivers.map((driver, index) => driver.ask('quick', { port, stream, count: share(index) })))
    const play = async () => {
      await server.ask('publish', { streams: [stream], ...load })
      const parts = drivers.map((driver, index) => driver.ask('delays', share(index) * load.count))
      return merged(await Promise.all(parts))
    }
    const dropped = async () => (await server.ask('stats')).slowConsumers
    const oneSlow = { port, readers: [[stream, ...stuffing.streams]], pace }
    await play()
    const capacity = await capacityOf(server, slow, oneSlow)
    for (let round = 0; round < rounds; round++) {
      // In turns, and every second time the other way round: what else the machine does falls on both.
      const order = round % 2 === 0 ? [without, beside] : [beside, without]
      for (const kind of order) {
        if (kind === beside) {
          // So full that bytes wait in the server from the start, and that the bound is passed on the way.
          await slow.ask('slow', oneSlow)
          await server.ask('publish', { ...stuffing, count: capacity - Math.ceil((0.6 * mebibyte) / stuffing.bytes) })
        }
        kind.push(await play())
        if (kind === beside) await slow.ask('endSlow')
      }
    }
    const drops = (await dropped()) - 1
    const closed = await Promise.all(drivers.map((driver) => driver.ask('end')))
    await server.ask('close')
    const [base, slowed] = [merged(without), merged(beside)]
    return {
      rows: [row('without a slow client', base), row('with one', slowed)],
      ratio: quantile(slowed, 0.99) / quantile(base, 0.99),
      dropped: drops,
      closed: closed.reduce((sum, each) => sum + each, 0),
    }
  } finally {
    await Promise.all([server, slow, ...drivers].map((child) => child.end()))
  }
}

/** How many messages of stuffing it takes until a slow client is dropped: the kernel's buffers and the bound together. */
async function capacityOf(
  server: Child<ServerCalls>,
  slow: Child<SlowCalls>,
  one: { port: number; readers: string[][]; pace: number },
) {
  await slow.ask('slow', one)
  let sent = 0
  while ((await server.ask('stats')).slowConsumers === 0) {
    await server.ask('publish', { ...stuffing, count: 5 })
    sent += 5
  }
  await slow.ask('endSlow')
  return sent
}

interface Usage {
  readonly before: Memory
  readonly most: Memory
  readonly after: Memory
  readonly dropped: number
}

/** Sends until every slow client has been dropped. */
async function memoryWith(streams: string[]): Promise<Usage> {
  const server = start<ServerCalls>('reliability-server', '--expose-gc')
  const slow = start<SlowCalls>('slow-driver')
  try {
    const port = await server.ask('start', {})
    await slow.ask('slow', { port, readers: streams.map((stream) => [stream]), pace })
    const before = await server.ask('memory')
    await server.ask('watch')
    const distinct = [...new Set(streams)]
    const dropped = async () => (await server.ask('stats')).slowConsumers
    // A slow client takes what the kernel buffers for both ends, some MB, before a byte waits in the server.
    for (let sent = 0; sent < 40 * mebibyte && (await dropped()) < streams.length; sent += 20 * flood.bytes) {
      await server.ask('publish', { streams: distinct, bytes: flood.bytes, every: flood.every, count: 20 })
    }
    const most = await server.ask('watched')
    await until(
      () => server.ask('stats'),
      ({ connections }) => connections === 0,
      10_000,
    )
    await slow.ask('end')
    await pause(100)
    const after = await server.ask('memory')
    const usage = { before, most, after, dropped: await dropped() }
    await server.ask('close')
    return usage
  } finally {
    await Promise.all([server, slow].map((child) => child.end()))
  }
}

function row(label: string, delays: Float64Array): string[] {
  return [label, ...[0.5, 0.95, 0.99, 1].map((share) => ms(quantile(delays, share)))]
}

function memoryRow(label: string, { before, most, after, dropped }: Usage): string[] {
  return [
    label,
    ...[before, most, after].map((each) => mib(bytesOf(each))),
    ...[before, most, after].map(({ rss }) => mib(rss)),
    `${dropped}`,
  ]
}

function bytesOf({ heap, buffers }: Memory): number {
  return heap + buffers
}
