// What a reader needs to know about a run: when, where, which versions, and how to do it again.

import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/setup.mjs'

export function circumstances(parameters) {
  const [cpu] = cpus()
  return [
    ['Date', new Date().toISOString().slice(0, 10)],
    ['Machine', `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`],
    ['System', `${type()} ${release()}, load ${loadavg()[0].toFixed(1)} at the start`],
    ['Node', process.version],
    ...['turbo-cable', 'ws', 'express', 'socket.io'].map((name) => [name, versionOf(name) ?? 'not installed']),
    ['Command', `\`${['npm run bench', ...(parameters.length > 0 ? ['--', ...parameters] : [])].join(' ')}\``],
  ]
}

function versionOf(name) {
  const places = { 'turbo-cable': root, 'socket.io': join(root, 'bench', 'node_modules', name) }
  try {
    return JSON.parse(readFileSync(join(places[name] ?? join(root, 'node_modules', name), 'package.json'), 'utf8'))
      .version
  } catch {
    return undefined
  }
}
