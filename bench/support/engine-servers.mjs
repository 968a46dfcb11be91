// What the hubs of a fleet share: for each engine a server of its own, on a free port, in a folder of its own. A row here is all
// that a further engine needs, as hubs take theirs by its URL (`TURBO_CABLE_ENGINE`).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinary, root } from '../../scripts/setup.mjs'
import { freePort, listening, usageOf } from './other-process.mjs'

/** @typedef {{ name: string, title: string, binary: string, scheme: string, parameters: (port: number, folder: string) => string[], durable: string[] }} Kind */

/** @type {Kind[]} */
export const engineKinds = [
  {
    name: 'redis',
    title: 'Redis',
    binary: 'redis-server',
    scheme: 'redis',
    parameters: (port, folder) => ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    durable: ['--appendonly', 'yes'],
  },
  {
    name: 'nats',
    title: 'NATS JetStream',
    binary: 'nats-server',
    scheme: 'nats',
    parameters: (port, folder) => ['--port', `${port}`, '--addr', '127.0.0.1', '--jetstream', '--store_dir', folder],
    durable: [],
  },
]

/** Why an engine cannot be measured here; undefined where it can. */
export function whyNot(/** @type {Kind} */ { name, binary }) {
  if (!existsSync(join(root, 'dist', 'src', 'engine', `${name}.js`))) return 'there is no such engine in dist/'
  return findBinary(binary) ? undefined : `${binary} is not in the PATH`
}

/** The server of an engine, which may be killed and started anew on its port, with its files. */
export class EngineServer {
  #kind
  #folder = mkdtempSync(join(tmpdir(), 'turbo-cable-engine-'))
  #durable
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process
  port = 0

  /** `durable`: what it took survives its end. */
  constructor(/** @type {Kind} */ kind, { durable = false } = {}) {
    this.#kind = kind
    this.#durable = durable
    process.on('exit', () => {
      this.#process?.kill('SIGKILL')
      rmSync(this.#folder, { recursive: true, force: true })
    })
    // By default a signal ends a process without its `exit`.
    process.once('SIGTERM', () => process.exit(143))
  }

  /** For `TURBO_CABLE_ENGINE`; another port where something stands between. */
  url(port = this.port) {
    return `${this.#kind.scheme}://127.0.0.1:${port}`
  }

  /** Starts it, and resolves once it listens. */
  async start() {
    this.port ||= await freePort()
    const parameters = [...this.#kind.parameters(this.port, this.#folder), ...(this.#durable ? this.#kind.durable : [])]
    this.#process = spawn(/** @type {string} */ (findBinary(this.#kind.binary)), parameters, { stdio: 'ignore' })
    await listening(this.port)
    return this
  }

  usage() {
    return usageOf(/** @type {number} */ (this.#process?.pid))
  }

  /** Kills it as a machine that fails would. */
  async kill() {
    const running = this.#process
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  /** Kills it and leaves nothing behind. */
  async end() {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
