// An app that somebody else's generator made, in a temporary folder, with the packed package installed in it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { npm } from '../../scripts/setup.mjs'
import { cleanEnvironment } from '../package/consumer.ts'
import { run } from '../support/run.ts'

/** Runs a generator of the npm registry: `generate(folder, 'express-generator', ['app'])`. */
export async function generate(folder: string, name: string, args: string[]): Promise<void> {
  const [command, prefix] = npm(['exec', '--yes', '--prefer-offline', '--', name, ...args])
  const { code, output } = await run(command, prefix, { cwd: folder, env: cleanEnvironment() })
  assert.equal(code, 0, output)
}

/** Runs a script of the app's package.json. */
export async function runScript(app: string, name: string): Promise<void> {
  const [command, args] = npm(['run', name])
  const { code, output } = await run(command, args, { cwd: app, env: cleanEnvironment() })
  assert.equal(code, 0, output)
}

/** `npx turbo-cable install` in an app that has the package. */
export async function turboCableInstall(app: string, ...args: string[]): Promise<{ stdout: string }> {
  const [command, prefix] = npm(['exec', '--offline', '--', 'turbo-cable', 'install', ...args])
  const { code, stdout, output } = await run(command, prefix, { cwd: app, env: cleanEnvironment() })
  assert.equal(code, 0, output)
  return { stdout }
}

/**
 * Installs as a careful user does: a dry run, which writes nothing; the install, which does what the dry run's diff
 * says; and once more, which changes nothing. Returns what the install printed.
 */
export async function carefullyInstall(app: string): Promise<string> {
  const generated = filesOf(app)
  const { stdout: diff } = await turboCableInstall(app, '--dry-run')
  assert.deepEqual(filesOf(app), generated, 'a dry run writes nothing')
  const copy = join(dirname(app), `${basename(app)}-copy`)
  cpSync(app, copy, { recursive: true, filter: (path) => basename(path) !== 'node_modules' })
  await applyDiff(copy, diff)

  const { stdout: printed } = await turboCableInstall(app)
  const installed = filesOf(app)
  assert.deepEqual(filesOf(copy), installed, 'the diff of the dry run is what the install does')
  const again = await turboCableInstall(app)
  assert.match(again.stdout, /^Nothing to change\./)
  assert.deepEqual(filesOf(app), installed, 'a second install changes nothing')
  return printed
}

async function applyDiff(folder: string, diff: string): Promise<void> {
  const git = spawn('git', ['apply', '-'], { cwd: folder, stdio: ['pipe', 'inherit', 'inherit'] })
  git.stdin.end(diff)
  assert.deepEqual(await once(git, 'close'), [0, null])
}

/** The four lines that the install printed to write next. */
export function printedLines(output: string): { marker: string; element: string; source: string; route: string } {
  const line = (start: RegExp) => {
    const found = output.split('\n').find((text) => start.test(text))
    return found?.replace(start, '').trim() ?? assert.fail(`${start} is in:\n${output}`)
  }
  return {
    marker: line(/^ *1\. in (?:a view|\S+) /),
    element: line(/^ *2\. beside it /),
    source: line(/^ *3\. where your routes are /),
    route: line(/^ *4\. a route there /),
  }
}

// Every file of the app with its bytes, but what npm installed.
function filesOf(app: string): Record<string, string> {
  const paths = readdirSync(app, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.slice(app.length).includes('node_modules'))
  return Object.fromEntries(paths.sort().map((path) => [path.slice(app.length), readFileSync(path, 'latin1')]))
}
