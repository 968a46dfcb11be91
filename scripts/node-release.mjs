// `node scripts/node-release.mjs 20|lts` prints the folder of that Node's binary, for CI: a major's newest version,
// or the newest LTS that the registry's `node` package offers. What is fetched is kept in the user's cache folder.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { npm } from './setup.mjs'
import { runScript, StepError } from './step.mjs'

const PLATFORM_PACKAGE = `node-${process.platform}-${process.arch}`

await runScript(async () => {
  const wanted = process.argv[2] ?? ''
  if (wanted === 'lts') return console.log(newestLts())
  if (!/^\d+$/.test(wanted)) throw new StepError('Usage: node scripts/node-release.mjs <major>|lts')
  if (process.versions.node.startsWith(`${wanted}.`)) return console.log(dirname(process.execPath))
  const version = newestOfEachMajor().find((candidate) => candidate.startsWith(`${wanted}.`))
  if (!version) throw new StepError(`The registry offers no Node ${wanted}.`)
  console.log(dirname(fetchNode(version)))
})

/** Only a Node itself knows whether it is an LTS release, so majors are fetched and asked, from the newest down. */
function newestLts() {
  for (const version of newestOfEachMajor()) {
    // Odd majors never become LTS.
    if (Number(version.split('.')[0]) % 2 === 1) continue
    const binary = fetchNode(version)
    const name = ask(binary, 'process.release.lts ?? ""')
    console.error(name ? `Node ${version} is LTS ${name}` : `Node ${version} is not an LTS release yet`)
    if (name) return dirname(binary)
  }
  throw new StepError('None of the Node versions that the registry offers is an LTS release.')
}

/** Versions, one per major, newest first: ['26.1.0', '25.9.0', …]. */
function newestOfEachMajor() {
  const [command, args] = npm(['view', 'node', 'versions', '--json'])
  const found = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (found.status !== 0) throw new StepError('The registry could not be asked which Node versions there are.')
  const newest = new Map()
  for (const version of JSON.parse(found.stdout)) {
    if (!/^\d+\.\d+\.\d+$/.test(version)) continue
    const parts = version.split('.').map(Number)
    const best = newest.get(parts[0])
    if (!best || compare(parts, best) > 0) newest.set(parts[0], parts)
  }
  return [...newest.values()]
    .sort(compare)
    .reverse()
    .map((parts) => parts.join('.'))
}

function compare(a, b) {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

/** The path of the binary of Node `version`, fetched if it is not in the cache. */
function fetchNode(version) {
  const folder = join(cacheFolder(), `node-${version}`)
  const binary = join(folder, 'node_modules', PLATFORM_PACKAGE, 'bin', 'node')
  if (ask(binary, 'process.versions.node') === version) return binary
  console.error(`Fetching Node ${version}`)
  mkdirSync(folder, { recursive: true })
  // A package.json makes npm install here. With --prefix it would not read the machine's own npm settings.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const [command, args] = npm(['install', '--no-save', '--no-audit', '--no-fund', `${PLATFORM_PACKAGE}@${version}`])
  const { status } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] })
  if (status !== 0 || ask(binary, 'process.versions.node') !== version) {
    throw new StepError(`Node ${version} (${PLATFORM_PACKAGE}) could not be fetched from the registry.`)
  }
  return binary
}

/** What `expression` is in the Node at `binary`; undefined where there is none that works. */
function ask(binary, expression) {
  const { status, stdout } = spawnSync(binary, ['-p', expression], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

function cacheFolder() {
  const { XDG_CACHE_HOME, HOME } = process.env
  return join(XDG_CACHE_HOME || (HOME && join(HOME, '.cache')) || tmpdir(), 'turbo-cable')
}
