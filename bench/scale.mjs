// `npm run bench:scale`: several processes that are one hub over a shared engine, beside one process with its memory, and as many
// connections as the machine takes. Prints its tables and, unless it is a partial run, writes them into bench/README.md.
//   --quick            a small run that shows that everything works; its numbers mean little
//   --only a,b         sections: fleet, connections
//   --engines a,b      redis, nats
//   --connections n    how many connections, in place of 52000
//   --json file        the raw measurements
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureDependencies, root } from '../scripts/setup.mjs'
import { runScript, StepError, step } from '../scripts/step.mjs'
import { fleet, variantsOf } from './sections/fleet.mjs'
import { fleetTables } from './sections/fleet-tables.mjs'
import { manyConnections, manyConnectionsTables } from './sections/many-connections.mjs'
import { engineKinds, whyNot } from './support/engine-servers.mjs'
import { circumstances } from './support/machine.mjs'
import { notInThisRun, writeReadme } from './support/report.mjs'
import { table } from './support/table.mjs'

const parameters = process.argv.slice(2)

const full = {
  fleet: {
    subscribers: 1_000,
    processes: [2, 3],
    rounds: 5,
    seconds: 1,
    inFlights: [1, 16, 64],
    latency: { subscribers: 100, rate: 100, seconds: 3 },
  },
  connections: { connections: 52_000, processes: 3, broadcasts: 10 },
}

const quick = {
  fleet: {
    subscribers: 20,
    processes: [2],
    rounds: 1,
    seconds: 0.1,
    inFlights: [1, 16],
    latency: { subscribers: 5, rate: 100, seconds: 0.2 },
  },
  connections: { connections: 100, processes: 2, broadcasts: 2 },
}

await runScript(async () => {
  const { values } = parseArgs({
    args: parameters,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      engines: { type: 'string', default: '' },
      connections: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const settings = values.quick ? quick : full
  const sections = list(values.only)
  const unknown = sections.find((section) => !(section in settings))
  if (unknown) throw new StepError(`There is no section "${unknown}": ${Object.keys(settings).join(', ')}.`)
  await ensureDependencies()
  if (!values.quick || !existsSync(join(root, 'dist', 'src', 'index.mjs'))) {
    await step('Building', process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root })
  }
  const wanted = engineKinds.filter(({ name }) => values.engines === '' || list(values.engines).includes(name))
  const absent = wanted.flatMap((kind) => (whyNot(kind) ? [`${kind.title}: ${whyNot(kind)}`] : []))
  const kinds = wanted.filter((kind) => !whyNot(kind))
  if (kinds.length === 0) throw new StepError(`No engine can be measured. ${absent.join('; ')}.`)
  for (const each of absent) console.log(each)

  const head = circumstances(['npm run bench:scale', ...(parameters.length > 0 ? ['--', ...parameters] : [])].join(' '))
  const started = performance.now()
  const say = (what) =>
    console.log(`${String(Math.round((performance.now() - started) / 1_000)).padStart(4)} s  ${what}`)
  const results = {}
  const tables = []
  const runs = (section) => sections.length === 0 || sections.includes(section)
  if (runs('fleet')) {
    const how = { ...settings.fleet, kinds, variants: variantsOf(kinds, settings.fleet.processes), say }
    results.fleet = await fleet(how)
    tables.push(...fleetTables(results.fleet, how))
  }
  if (runs('connections')) {
    const connections = Number(values.connections ?? settings.connections.connections)
    results.connections = await manyConnections({ ...settings.connections, connections, kinds, say })
    tables.push(...manyConnectionsTables(results.connections))
  }
  const report = [table(['', ''], head), ...tables].join('\n\n')
  console.log(`\n${report}\n`)
  if (values.json) writeFileSync(values.json, JSON.stringify(results))
  if (parameters.length === 0) writeReadme('scale', report + notInThisRun(absent))
})

function list(text) {
  return text.split(',').filter((part) => part !== '')
}
