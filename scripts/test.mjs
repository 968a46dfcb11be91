// `npm test`: installs what is missing, builds, then runs every check in one run of Node's test runner.
// Arguments: parts of paths pick test files (`npm test -- unit/hub`); those with a dash go to the runner.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { build } from './build.mjs'
import { ensureChromium, ensureDebianPackage, ensureDependencies, root } from './setup.mjs'
import { runScript, StepError } from './step.mjs'
import { FILE_TIMEOUT } from './watchdog.mjs'

const KINDS = ['checks', 'unit', 'integration', 'conformance', 'generator', 'package', 'browser']
const TEST_TIMEOUT = 120_000

await runScript(async () => {
  const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
  const files = chooseFiles(filters)
  console.log(`Node ${process.version}, ${files.length} test files`)
  await ensureDependencies()
  await build()
  const env = await prepareTools(files)
  const { code, tally } = await runTests(files, flags, env)
  const complaints = complaintsAbout(tally, flags)
  for (const complaint of complaints) console.error(`✖ ${complaint}`)
  process.exitCode = code || (complaints.length > 0 ? 1 : 0)
})

function chooseFiles(filters) {
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .map((file) => join('test', file))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
  const lacking = KINDS.filter((kind) => !files.some((file) => kindOf(file) === kind))
  if (lacking.length > 0) throw new StepError(`No test file of these kinds: ${lacking.join(', ')}. Nothing was run.`)
  const chosen = files.filter((file) => filters.length === 0 || filters.some((part) => portable(file).includes(part)))
  if (chosen.length === 0) throw new StepError(`No test file's path contains ${filters.join(' or ')}. Nothing was run.`)
  return chosen
}

/** Installs the tools that the chosen tests use. One that is not to be had makes test/checks/tools.test.ts fail, not the others wait. */
async function prepareTools(files) {
  const env = { ...process.env }
  const wanted = {
    browser: async () => {
      env.CHROME_PATH = await ensureChromium()
    },
    integration: async () => {
      await ensureDebianPackage('curl', 'curl')
    },
  }
  for (const [kind, prepare] of Object.entries(wanted)) {
    if (!files.some((file) => kindOf(file) === kind)) continue
    try {
      await prepare()
    } catch (error) {
      if (!(error instanceof StepError)) throw error
      console.log(`  ${error.message}`)
    }
  }
  return env
}

async function runTests(files, flags, env) {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-tally-'))
  const report = join(folder, 'tally.json')
  try {
    const runner = spawn(process.execPath, runnerArguments(files, flags, report), { cwd: root, env, stdio: 'inherit' })
    const code = await endOf(runner)
    return { code, tally: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8') || 'null') : null }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runnerArguments(files, flags, report) {
  // Node 20 holds a whole file to --test-timeout, later ones each test.
  const timeout = Number(process.versions.node.split('.')[0]) < 22 ? FILE_TIMEOUT : TEST_TIMEOUT
  const scripts = (name) => new URL(name, import.meta.url).href
  return [
    ...['--import', 'tsx', '--import', scripts('watchdog.mjs'), '--test'],
    ...[`--test-timeout=${timeout}`, `--test-concurrency=${Math.min(4, Math.max(2, availableParallelism()))}`],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${scripts('tally.mjs')}`, `--test-reporter-destination=${report}`],
    ...flags,
    ...files,
  ]
}

/** The child's exit code; a signal to this process is passed on to it. */
function endOf(child) {
  const pass = (signal) => child.kill(signal)
  process.on('SIGTERM', pass).on('SIGINT', pass)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function complaintsAbout(tally, flags) {
  if (!tally) return ['The test runner ended without a report.']
  if (tally.tests === 0) return ['No test was run.']
  // Node 20 reports what a name pattern leaves out as skipped.
  if (flags.some((flag) => flag.startsWith('--test-name-pattern') || flag.startsWith('--test-only'))) return []
  return [
    ...tally.empty.map((file) => `${relative(root, resolve(root, file))}: no test of this file was run.`),
    ...tally.skipped.map((name) => `skipped: ${name}. A check that could not run is a failure.`),
  ]
}

function kindOf(file) {
  return portable(file).split('/')[1]
}

function portable(file) {
  return file.replaceAll('\\', '/')
}
