// What a reader needs to know about a run: when, where, which versions, and how to do it again.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/setup.mjs'

/** Rows of a table; `command` is how the run was started. */
export function circumstances(/** @type {string} */ command) {
  const [cpu] = cpus()
  const places = { 'turbo-cable': '.', ws: 'node_modules/ws', express: 'node_modules/express' }
  const versions = Object.entries({ ...places, 'socket.io': 'bench/node_modules/socket.io' })
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Machine', `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`],
    ['System', `${type()} ${release()}, load ${loadavg()[0]?.toFixed(1)} at the start`],
    ['Node', process.version],
    ...versions.map(([name, folder]) => [name, versionIn(folder) ?? 'not installed']),
    ['Commit', commit() ?? 'unknown'],
    ['Command', `\`${command}\``],
  ]
}

function versionIn(/** @type {string} */ folder) {
  try {
    return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

function commit() {
  try {
    const git = (/** @type {string[]} */ ...args) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    const changed = git('status', '--porcelain', '--', 'src', 'client') ? ' and changes since' : ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed}`
  } catch {
    return undefined
  }
}
