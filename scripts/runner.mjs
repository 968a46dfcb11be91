// One run of Node's test runner over a list of files, held to more than the runner asks: nothing skipped, no file without a test.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { root } from './setup.mjs'
import { FILE_TIMEOUT } from './watchdog.mjs'

const TEST_TIMEOUT = 120_000

/**
 * Runs the test files, with `flags` for the runner. Resolves to the runner's exit code and to what was not as it should be
 * although the runner may have been content: `skipped: resumes after a restart`.
 */
export async function runTests(files, { flags = [], env = process.env, stdio = 'inherit' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-tally-'))
  const report = join(folder, 'tally.json')
  try {
    const runner = spawn(process.execPath, runnerArguments(files, flags, report), { cwd: root, env, stdio })
    const code = await endOf(runner)
    return { code, complaints: complaintsAbout(readTally(report), flags) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runnerArguments(files, flags, report) {
  // Node 20 holds a whole file to --test-timeout, later ones each test.
  const timeout = Number(process.versions.node.split('.')[0]) < 22 ? FILE_TIMEOUT : TEST_TIMEOUT
  const script = (name) => new URL(name, import.meta.url).href
  return [
    ...['--import', 'tsx', '--import', script('watchdog.mjs'), '--test'],
    ...[`--test-timeout=${timeout}`, `--test-concurrency=${Math.min(4, Math.max(2, availableParallelism()))}`],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${script('tally.mjs')}`, `--test-reporter-destination=${report}`],
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
    child.on('close', (code) => {
      process.off('SIGTERM', pass).off('SIGINT', pass)
      resolve(code ?? 1)
    })
  })
}

function readTally(report) {
  const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
  return text ? JSON.parse(text) : undefined
}

function complaintsAbout(tally, flags) {
  if (!tally) return ['the test runner ended without a report']
  if (tally.tests === 0) return ['no test was run']
  const empty = tally.empty.map((file) => `no test of this file was run: ${relative(root, resolve(root, file))}`)
  // Node 20 reports what a name pattern leaves out as skipped.
  if (flags.some((flag) => flag.startsWith('--test-name-pattern') || flag.startsWith('--test-only'))) return []
  return [...empty, ...tally.skipped.map((name) => `skipped: ${name}`)]
}
