// `npm run bench`: this package beside its peers, in one run. Prints its tables and, unless it is a partial run, writes them
// into bench/README.md.
//   --quick            a small run that shows that everything works; its numbers mean little
//   --only a,b         sections: broadcasts, connections, growth, idle
//   --peers a,b        turbo-cable, turbo-cable-plain, turbo-cable-tokens, turbo-cable-express, ws-naive, ws-frame-once, socket.io, anycable-go, bun
//   --json file        the raw measurements
//   --profile folder   CPU profiles of turbo-cable's broadcasts
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureDependencies, npm, root } from '../scripts/setup.mjs'
import { runScript, StepError, step } from '../scripts/step.mjs'
import { available, variants } from './peers.mjs'
import { broadcasts, broadcastTables } from './sections/broadcasts.mjs'
import { connections, connectionTables } from './sections/connections.mjs'
import { growth, growthTables } from './sections/growth.mjs'
import { idleProcess, idleTables } from './sections/idle-process.mjs'
import { circumstances } from './support/machine.mjs'
import { notInThisRun, writeReadme } from './support/report.mjs'
import { table } from './support/table.mjs'
import { targetTable } from './targets.mjs'

const parameters = process.argv.slice(2)
const socketIo = join(root, 'bench', 'node_modules', 'socket.io')

const full = {
  broadcasts: {
    subscribers: 1_000,
    rounds: 5,
    seconds: 1,
    inFlights: [1, 16, 64],
    rates: [10, 100, 500],
    latencySeconds: (rate) => (rate < 500 ? 3 : 1),
  },
  connections: { rounds: 3, counts: [1_000, 10_000, 19_000] },
  growth: {
    rounds: 3,
    seconds: 1,
    connections: 1_000,
    streamsEach: [1, 10, 50],
    subscribers: [1, 10, 100, 1_000, 10_000],
  },
  idle: { rounds: 5 },
}

const quick = {
  broadcasts: {
    subscribers: 50,
    rounds: 1,
    seconds: 0.1,
    inFlights: [1, 16, 64],
    rates: [10, 100, 500],
    latencySeconds: () => 0.2,
  },
  connections: { rounds: 1, counts: [20, 100] },
  growth: { rounds: 1, seconds: 0.1, connections: 20, streamsEach: [1, 10], subscribers: [1, 10, 100] },
  idle: { rounds: 1 },
}

await runScript(async () => {
  const { values } = parseArgs({
    args: parameters,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      json: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const settings = values.quick ? quick : full
  const sections = list(values.only)
  const unknown = sections.find((section) => !(section in settings))
  if (unknown) throw new StepError(`There is no section "${unknown}": ${Object.keys(settings).join(', ')}.`)
  await prepare(values)
  const { present, absent } = available(list(values.peers), { socketIo: existsSync(socketIo) })
  for (const each of absent) console.log(`${each}: left out`)

  const shown = parameters.filter((each, n) => each !== '--json' && parameters[n - 1] !== '--json')
  const head = circumstances(['npm run bench', ...(shown.length > 0 ? ['--', ...shown] : [])].join(' '))
  const { results, tables } = await measure(settings, sections, present, values.profile)
  const report = [table(['', ''], head), targetTable(results), ...tables].join('\n\n')
  console.log(`\n${report}\n`)
  if (values.json) writeFileSync(values.json, JSON.stringify(results))
  if (!values.quick && !values.profile && sections.length === 0 && values.peers === '')
    writeReadme('measured', report + notInThisRun(absent))
})

async function measure(settings, sections, peers, profile) {
  const wanted = (section) => sections.length === 0 || sections.includes(section)
  const started = performance.now()
  const say = (what) =>
    console.log(`${String(Math.round((performance.now() - started) / 1_000)).padStart(4)} s  ${what}`)
  const results = {}
  const tables = []
  const distinct = peers.filter(({ name }) => !variants.includes(name))
  const run = async (section, work, tablesOf, those) => {
    if (!wanted(section)) return
    const how = { ...settings[section], peers: those, profile, say }
    results[section] = await work(how)
    tables.push(...tablesOf(results[section], how))
  }
  await run('broadcasts', broadcasts, broadcastTables, peers)
  await run('connections', connections, connectionTables, distinct)
  await run('growth', growth, growthTables)
  await run('idle', idleProcess, idleTables)
  return { results, tables }
}

async function prepare({ quick, peers }) {
  await ensureDependencies()
  if (!quick || !existsSync(join(root, 'dist', 'src', 'index.mjs'))) {
    await step('Building', process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root })
  }
  if (quick || existsSync(socketIo) || (peers !== '' && !list(peers).includes('socket.io'))) return
  const install = npm(['install', '--no-package-lock', '--no-audit', '--no-fund'])
  await step('Installing socket.io for the benchmark', ...install, { cwd: join(root, 'bench') })
}

function list(text) {
  return text.split(',').filter((part) => part !== '')
}
