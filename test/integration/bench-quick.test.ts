// The benchmark itself, in its small mode: every section runs, every delivery arrives, every table is filled. Its numbers mean
// nothing here, so none is compared.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runNode } from '../support/run.ts'

interface Results {
  broadcasts: {
    runs: { name: string; inFlight: number; deliveries: number; perSecond: number }[]
    latencies: { name: string; rate: number; p50: number; p99: number }[]
  }
  connections: { name: string; count: number; perSecond: number }[]
  growth: { streams: { count: number; publish: number }[]; fanOut: { count: number; delivery: number }[] }
  idle: { cable: boolean; rss: number }[]
}

interface ScaleResults {
  fleet: {
    runs: { name: string; deliveries: number; cpuEach: number }[]
    latencies: { name: string }[]
    wires: { bytes: number }[]
  }
  connections: { connections: number; broadcasts: number; lasts: number[] }
}

const ours = ['turbo-cable', 'turbo-cable-plain', 'turbo-cable-tokens', 'turbo-cable-express']
const peers = ['ws-naive', 'ws-frame-once', 'bun']

test('npm run bench measures every peer in every section and prints its tables', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'turbo-cable-bench-'))
  try {
    const json = join(folder, 'results.json')
    const parameters = ['--quick', '--peers', [...ours, ...peers].join(), '--json', json]
    const { code, output } = await runNode('bench/main.mjs', parameters, { timeout: 60_000 })
    assert.equal(code, 0, output)
    const results: Results = JSON.parse(await readFile(json, 'utf8'))
    const { runs, latencies } = results.broadcasts
    const names = (found: { name: string }[]) => [...new Set(found.map(({ name }) => name))]
    assert.deepEqual(names(runs), [...ours, ...peers, 'floor'])
    assert.deepEqual(names(latencies), [...ours, ...peers])
    assert.deepEqual(names(results.connections), ['turbo-cable', ...peers])
    for (const { deliveries, perSecond } of runs) assert.ok(deliveries > 0 && perSecond > 0)
    for (const { p50, p99 } of latencies) assert.ok(p50 > 0 && p99 >= p50)
    for (const { publish } of results.growth.streams) assert.ok(publish > 0)
    for (const { delivery } of results.growth.fanOut) assert.ok(delivery > 0)
    assert.deepEqual(names(results.idle.map(({ cable }) => ({ name: String(cable) }))), ['false', 'true'])
    for (const title of ['Targets', 'Deliveries per second', 'Latency', 'KB per idle connection', 'Growth']) {
      assert.match(output, new RegExp(`^### ${title}`, 'm'))
    }
    assert.doesNotMatch(output, /NaN|undefined|Infinity/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('npm run bench:scale measures two processes over Redis beside one with its memory, and many connections', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'turbo-cable-bench-'))
  try {
    const json = join(folder, 'results.json')
    const parameters = ['--quick', '--engines', 'redis', '--json', json]
    const { code, output } = await runNode('bench/scale.mjs', parameters, { timeout: 100_000 })
    assert.equal(code, 0, output)
    const { fleet, connections }: ScaleResults = JSON.parse(await readFile(json, 'utf8'))
    const names = ['memory', 'redis-2']
    assert.deepEqual([...new Set(fleet.runs.map(({ name }) => name))], names)
    assert.deepEqual([...new Set(fleet.latencies.map(({ name }) => name))], names)
    for (const { deliveries, cpuEach } of fleet.runs) assert.ok(deliveries > 0 && cpuEach > 0)
    // The broadcast itself goes there once and comes back to both.
    for (const { bytes } of fleet.wires) assert.ok(bytes > 3 * 200 && bytes < 30_000, String(bytes))
    assert.equal(connections.connections, 100)
    assert.equal(connections.lasts.length, connections.broadcasts)
    assert.doesNotMatch(output, /NaN|undefined|Infinity/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
