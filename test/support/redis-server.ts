// A Redis that keeps its files, for tests of what happens when it dies and comes back, or when another takes its place.

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { findBinary, missing, REDIS } from '../../scripts/setup.mjs'
import { freePort } from './http-server.ts'
import { Program } from './program.ts'

/** A Redis whose process may come and go. */
export class RedisServer {
  readonly port: number
  readonly url: string
  /** What it was started with. */
  readonly options: readonly string[]
  readonly #folder = mkdtempSync(join(tmpdir(), 'turbo-cable-redis-'))
  #program: Program | undefined

  private constructor(port: number, options: readonly string[]) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}`
    this.options = options
  }

  /** Starts one on a free port, which it keeps. */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options)
    await server.start()
    return server
  }

  /** Starts it with the files that it has. */
  async start(...more: readonly string[]): Promise<void> {
    const binary = findBinary('redis-server')
    if (!binary) throw new Error(missing('redis-server', REDIS['redis-server']))
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '']
    this.#program = new Program(binary, [...own, ...this.options, ...more])
    await this.#program.matching(/Ready to accept connections/)
  }

  /** Kills it, as a machine that fails would. */
  async kill(): Promise<void> {
    await this.#program?.end('SIGKILL')
  }

  /** Keeps a copy of its file under another name. */
  copy(from: string, to: string): void {
    cpSync(join(this.#folder, from), join(this.#folder, to))
  }

  /** Runs one command. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({ url: this.url })
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.sendCommand(words)
    } finally {
      client.destroy()
    }
  }

  /** Kills it and leaves nothing behind. */
  async end(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
