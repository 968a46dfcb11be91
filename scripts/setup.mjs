// What the demo and the tests need from outside, installed where it is missing: the npm packages, a browser, other tools.
// Node built-ins only: this is the first thing that runs after a clone.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StepError, step } from './step.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

const OLDEST_NODE = 20
// Chromium without the parts that draw a window: the same pages at half of the processor time.
const HEADLESS_CHROMIUM = 'chromium-headless-shell'
const BROWSER_NAMES = [
  HEADLESS_CHROMIUM,
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
]
/** The proxies that the tests start, and what builds one of them: each binary, and Debian's package for it. */
export const PROXIES = {
  nginx: 'nginx-light',
  apache2: 'apache2-bin',
  caddy: 'caddy',
  haproxy: 'haproxy',
  go: 'golang-go',
}
/** The Redis that the tests start: the binary, and Debian's package for it. */
export const REDIS = { 'redis-server': 'redis-server' }
/** The NATS that the tests start. */
export const NATS = { 'nats-server': 'nats-server' }
const BROWSER_FILES = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) =>
    join(process.env[name] ?? 'C:\\', 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ),
}

/** Installs the packages of package-lock.json, unless exactly these are there already. */
export async function ensureDependencies() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST_NODE) throw new StepError(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`)
  if (dependenciesAreInstalled()) return
  // Development packages are needed here whatever NODE_ENV or the user's npm settings say.
  await step('Installing the npm packages (npm ci)', ...npm(['ci', '--include=dev', '--no-audit', '--no-fund']), {
    cwd: root,
  })
}

/** The path of a Chromium or Chrome; installs Debian's headless one where that is to be had, or its whole one where there is none. */
export async function ensureChromium() {
  if (process.env.CHROME_PATH) return findChromium()
  try {
    return await ensureDebianPackage(HEADLESS_CHROMIUM, HEADLESS_CHROMIUM)
  } catch (error) {
    if (!(error instanceof StepError)) throw error
  }
  const hint = 'or set CHROME_PATH to a Chromium or Chrome'
  return findChromium() ?? ensureDebianPackage('chromium', 'chromium', hint)
}

/** The browser that the tests use, or undefined. `CHROME_PATH` decides alone where it is set. */
export function findChromium(env = process.env) {
  if (env.CHROME_PATH) {
    if (existsSync(env.CHROME_PATH)) return env.CHROME_PATH
    throw new StepError(`CHROME_PATH names ${env.CHROME_PATH}, where there is no file.`)
  }
  for (const name of BROWSER_NAMES) {
    const path = findBinary(name)
    if (path) return path
  }
  return (BROWSER_FILES[process.platform] ?? []).find(existsSync)
}

/** Debian's packages of what of Rails the tests compare tags with. */
export const RAILS = ['ruby-actionview', 'ruby-activemodel']

/** Installs Ruby with Rails' tag helpers where they are missing and that is allowed. */
export async function ensureRails() {
  if (hasRails()) return
  const asRoot = aptPrefix()
  if (!asRoot) throw new StepError(missing('ruby', RAILS.join(' ')))
  for (const packageName of RAILS) await aptInstall(packageName, ...asRoot)
}

/** Whether Ruby is here, with Rails' tag helpers. */
export function hasRails() {
  return spawnSync('ruby', ['-e', 'require "bigdecimal"; require "active_model"; require "action_view"']).status === 0
}

/** The path of `binary`; installs Debian's `packageName` where it is missing and that is allowed. */
export async function ensureDebianPackage(binary, packageName, hint = '') {
  const found = findBinary(binary)
  if (found) return found
  const asRoot = aptPrefix()
  if (!asRoot) throw new StepError(missing(binary, packageName, hint))
  try {
    await aptInstall(packageName, ...asRoot)
  } catch (error) {
    throw new StepError(`${missing(binary, packageName, hint)}\n${error.message}`)
  }
  const installed = findBinary(binary)
  if (!installed) throw new StepError(missing(binary, packageName, hint))
  return installed
}

/** The path of `name` in PATH, or in the folders for servers that Debian leaves out of a user's PATH. */
export function findBinary(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name]
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isExecutable)
}

/** The sentence for a tool that is not there: what is missing, and exactly how to get it. */
export function missing(binary, packageName, hint = '') {
  const how = existsSync('/etc/debian_version')
    ? `Install it: sudo apt-get update && sudo apt-get install -y ${packageName}`
    : `Install ${packageName} with the system's package manager`
  return `${binary} is missing. ${how}${hint && ` (${hint})`}.`
}

/** The npm that started this script, else the one in PATH, as a command with its arguments. */
export function npm(args) {
  const cli = process.env.npm_execpath
  if (cli?.endsWith('.js') && cli.includes('npm')) return [process.execPath, [cli, ...args]]
  return process.platform === 'win32' ? ['cmd.exe', ['/c', 'npm', ...args]] : ['npm', args]
}

function dependenciesAreInstalled() {
  const installed = lockedPackages(join('node_modules', '.package-lock.json'))
  if (!installed) return false
  const wanted = lockedPackages('package-lock.json') ?? {}
  return Object.entries(wanted).every(([path, entry]) => {
    const there = installed[path]
    // An optional package that is absent is one for another platform.
    if (!there) return path === '' || entry.optional === true
    return there.version === entry.version && there.integrity === entry.integrity
  })
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** How to become root for apt-get without a question: [] as root, ['sudo', '-n'], or undefined where it may not be. */
function aptPrefix() {
  if (!existsSync('/etc/debian_version') || !findBinary('apt-get')) return undefined
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

let listsUpdated = false

async function aptInstall(packageName, ...asRoot) {
  const [command, ...before] = [...asRoot, 'apt-get']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!listsUpdated) {
    await step("Reading Debian's package lists (apt-get update)", command, [...before, 'update'], { env })
    listsUpdated = true
  }
  const install = [...before, 'install', '--yes', '--no-install-recommends', packageName]
  await step(`Installing ${packageName} (apt-get install ${packageName})`, command, install, { env })
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
