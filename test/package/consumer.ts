// An app of somebody else: the package as npm would publish it, installed in an empty folder, started as its own process.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { npm } from '../../scripts/setup.mjs'
import { TestClient } from '../support/client.ts'
import { Program } from '../support/program.ts'
import { root, run } from '../support/run.ts'

const fixtures = join(root, 'test', 'package', 'fixtures')

export interface Packed {
  tarball: string
  /** Paths in the package, with slashes, sorted. */
  files: string[]
  /** Bytes of the tarball. */
  size: number
}

/** Runs `work` in an empty folder outside the project, which is removed afterwards. */
export async function inEmptyFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'turbo-cable-package-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** `npm pack`, with the build that belongs to it. */
export async function pack(folder: string): Promise<Packed> {
  const [command, args] = npm(['pack', '--json', '--pack-destination', folder])
  const { code, stdout, output } = await run(command, args, { env: cleanEnvironment() })
  assert.equal(code, 0, output)
  const report = packReport(stdout)
  const files = report.files.map(({ path }) => path).sort()
  return { tarball: join(folder, report.filename), files, size: report.size }
}

/** An app made of the fixture, with the packed package and `packages` installed. */
export async function installApp(folder: string, fixture: string, packages: string[] = []): Promise<string> {
  const { tarball } = await pack(folder)
  const app = join(folder, 'app')
  await cp(join(fixtures, fixture), app, { recursive: true })
  const versions = await Promise.all(packages.map(testedVersion))
  await npmInstall(app, [tarball, ...versions])
  return app
}

export async function npmInstall(app: string, packages: string[]): Promise<void> {
  const [command, args] = npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages])
  const { code, output } = await run(command, args, { cwd: app, env: cleanEnvironment() })
  assert.equal(code, 0, output)
}

/** Starts `command` in `folder`, gives `work` the address that it prints first, and ends it. */
export function whileRunning(
  folder: string,
  command: string[],
  work: (origin: string) => Promise<void>,
): Promise<void> {
  return withServer(folder, command, '0', async (server) => {
    const [origin] = await server.matching(/https?:\/\/[\w.-]+:\d+/)
    await work(origin)
  })
}

/** The same for an app that need not print anything, but listens at `port`. */
export function whileListening(
  folder: string,
  command: string[],
  port: number,
  work: (origin: string) => Promise<void>,
): Promise<void> {
  return withServer(folder, command, `${port}`, async (server) => {
    await Promise.race([accepting(port), server.gone])
    await Promise.race([work(`http://localhost:${port}`), server.gone])
  })
}

async function withServer(
  folder: string,
  [command = '', ...args]: string[],
  port: string,
  work: (server: Program) => Promise<void>,
): Promise<void> {
  const server = new Program(command, args, { cwd: folder, env: { ...cleanEnvironment(), PORT: port } })
  try {
    await work(server)
  } finally {
    await server.end()
  }
}

/** Subscribes at `origin`, broadcasts by `send`, and gives back the message that arrives. */
export async function received(origin: string, stream: string, send: () => Promise<unknown>): Promise<unknown> {
  const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
  try {
    client.ws.send(JSON.stringify({ type: 'subscribe', stream }))
    assert.deepEqual(JSON.parse(await client.nextText()), { type: 'subscribed', stream })
    await send()
    return JSON.parse(await client.nextText())
  } finally {
    client.ws.terminate()
  }
}

/** The environment of a person's terminal: nothing of the test runner or of the npm that started it. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(?:NODE_TEST_CONTEXT|NODE_OPTIONS|INIT_CWD|npm_package_.*|npm_lifecycle_.*|npm_config_local_prefix)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** 'express' → 'express@^5.3.0', 'express4' → 'express@^4.22.0': the versions that package.json names. */
async function testedVersion(name: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const version: string | undefined = manifest.devDependencies[name] ?? manifest.dependencies[name]
  assert.ok(version, `package.json names no version of ${name}`)
  return version.startsWith('npm:') ? version.slice('npm:'.length) : `${name}@${version}`
}

interface PackReport {
  filename: string
  size: number
  files: { path: string }[]
}

/** The build prints before the report does. npm 11 prints an array, later ones an object by package name. */
function packReport(stdout: string): PackReport {
  const json = JSON.parse(stdout.slice(stdout.search(/^[[{]$/m)))
  const report = Array.isArray(json) ? json[0] : Object.values(json)[0]
  assert.ok(report?.filename, stdout)
  return report
}

/** Another process's port says nothing when it opens: it has to be asked. */
async function accepting(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, 'localhost')
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (opened) return
    await setTimeout(50)
  }
}
