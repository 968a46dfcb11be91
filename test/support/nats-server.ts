// A real nats-server with JetStream: on a port of its own, in a folder of its own. Its process may come and go.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { findBinary, missing, NATS } from '../../scripts/setup.mjs'
import { freePort } from './http-server.ts'
import { Program } from './program.ts'

/** How a server is set up. */
interface Settings {
  /** A name that several servers may have: then one cannot be told from another. */
  readonly domain?: string
  readonly jetstream?: boolean
  /** More of its configuration. */
  readonly more?: string
}

export class NatsServer {
  readonly port: number
  readonly #settings: Settings
  readonly #folder = mkdtempSync(join(tmpdir(), 'turbo-cable-nats-'))
  #program: Program | undefined

  private constructor(port: number, settings: Settings) {
    this.port = port
    this.#settings = settings
  }

  /** Starts one on a free port, which it keeps. */
  static async start(settings: Settings = {}, tries = 5): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), settings)
    try {
      await server.start()
      return server
    } catch (error) {
      await server.end()
      // A port that was free a moment ago may be somebody's by now: then another one.
      if (tries > 1 && /address already in use/.test(String(error))) return NatsServer.start(settings, tries - 1)
      throw error
    }
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Starts it with the files that it has. */
  async start(): Promise<void> {
    const binary = findBinary('nats-server')
    if (!binary) throw new Error(missing('nats-server', NATS['nats-server']))
    const { domain, jetstream = true, more = '' } = this.#settings
    const store = `jetstream { store_dir: "${this.#files('now')}"${domain ? `, domain: ${domain}` : ''} }`
    const config = join(this.#folder, 'nats.conf')
    writeFileSync(config, `listen: "127.0.0.1:${this.port}"\n${jetstream ? store : ''}\n${more}\n`)
    this.#program = new Program(binary, ['-c', config], { reads: 'stderr' })
    await this.#program.matching(/Server is ready/)
  }

  /** Kills it, as a machine that fails would. */
  async kill(): Promise<void> {
    await this.#program?.end('SIGKILL')
  }

  /** Copies the files that it has; once it is down, `restore` puts them back. */
  keep(): void {
    cpSync(this.#files('now'), this.#files('kept'), { recursive: true })
  }

  restore(): void {
    rmSync(this.#files('now'), { recursive: true })
    cpSync(this.#files('kept'), this.#files('now'), { recursive: true })
  }

  /** Does something with a connection of its own. */
  async with<Result>(run: (connection: NatsConnection) => Promise<Result>): Promise<Result> {
    const connection = await connect({ servers: `127.0.0.1:${this.port}` })
    try {
      return await run(connection)
    } finally {
      await connection.close()
    }
  }

  /** Kills it and leaves nothing behind. */
  async end(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #files(name: string): string {
    return join(this.#folder, name)
  }
}
