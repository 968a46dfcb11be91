// Bun and Deno as packages bring them, and a cable in one of them that is spoken to as if it were here.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { HubStats, Json, TurboCableOptions } from '../../src/index.ts'
import { root } from './run.ts'
import type { Served } from './with-cable.ts'

const script = join(root, 'test', 'support', 'runtime-server.cjs')

/** A process of another runtime, which serves as many cables as it is asked for. */
export class Runtime {
  readonly #command: readonly string[]
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  #child: ChildProcess | undefined
  #calls = 0

  constructor(command: readonly string[]) {
    this.#command = command
  }

  start(): void {
    const [command = '', ...parameters] = this.#command
    const child = spawn(command, [...parameters, script], { stdio: ['pipe', 'pipe', 'inherit'], cwd: root })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line)
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(error))
    })
    const fail = (reason: unknown) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${command} has ended: ${reason}`))
      this.#waiting.clear()
    }
    child.on('error', fail).on('exit', fail)
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
  }

  /** An app in this runtime that nobody has sent anything to. */
  async serve(
    kind: 'express' | 'node:http',
    options: TurboCableOptions,
  ): Promise<Served & { attach(): Promise<void> }> {
    const port = (await this.#call('start', kind, options)) as number
    const cable = {
      broadcastJson: (stream: string, data: Json) =>
        this.#call('broadcastJson', port, stream, data) as Promise<boolean>,
      close: (given: { timeout: number }) => this.#call('close', port, given) as Promise<void>,
      stats: () => this.#call('stats', port) as Promise<HubStats>,
    }
    const server = Object.assign(new EventEmitter(), {
      close: () => void this.#call('end', port).then(() => server.emit('close')),
      // The runtime does that while it ends the server.
      closeAllConnections() {},
    })
    const attach = () => this.#call('attach', port) as Promise<void>
    return { cable, server, port, origin: `http://127.0.0.1:${port}`, attach }
  }

  #call(call: string, ...parameters: unknown[]): Promise<unknown> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child?.stdin?.write(`${JSON.stringify({ id, call, parameters })}\n`)
    })
  }
}

/** The binary that the npm package brings for this machine, also where npm may not run the script that puts it in its place. */
export function runtimeBinary(name: 'bun' | 'deno'): string {
  const modules = join(root, 'node_modules')
  const [scope, inside] = { bun: ['@oven', 'bin/bun'] as const, deno: ['@deno', 'deno'] as const }[name]
  const platforms = existsSync(join(modules, scope)) ? readdirSync(join(modules, scope)) : []
  const places = platforms.map((platform) => join(modules, scope, platform, inside))
  // Bun's own script moves the binary here.
  const all = [...places, join(modules, 'bun', 'bin', 'bun')].flatMap((place) => [place, `${place}.exe`])
  const found = all.find((place) => existsSync(place) && basename(place).startsWith(name))
  assert.ok(found, `node_modules has no binary of ${name}: run npm ci, with optional dependencies`)
  return found
}
