// `turbo-cable serve` as a process of its own, as an operator starts it.

import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json, TurboCableOptions } from '../../src/index.ts'
import { Program } from './program.ts'
import { root } from './run.ts'
import type { Served } from './with-cable.ts'

/** The command's file, as `npx` runs it. */
export const cli = join(root, 'dist', 'src', 'cli', 'main.js')

/** This environment without what the machine has set of ours, which is no part of a test. */
export const cleanEnv: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^TURBO_CABLE_|^NODE_ENV$/.test(name)),
)

/** A server that listens. */
export interface Serving {
  readonly program: Program
  readonly port: number
  readonly origin: string
}

/** Starts `turbo-cable serve` on a free port, and waits until it listens. */
export async function serve(flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
  const program = new Program(process.execPath, [cli, 'serve', '--port', '0', ...flags], {
    env: { ...cleanEnv, ...env },
  })
  const [, port] = await program.matching(/listening on http:\/\/127\.0\.0\.1:(\d+)/)
  return { program, port: Number(port), origin: `http://127.0.0.1:${port}` }
}

/** Starts one with these options in its file, as what the suites run over. Its `close` is a SIGTERM. */
export async function serveAlone(options: TurboCableOptions): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-serve-'))
  const file = join(folder, 'turbo-cable.json')
  writeFileSync(file, JSON.stringify(options))
  const { program, port, origin } = await serve(['--config', file])
  rmSync(folder, { recursive: true })
  const [token] = [options.broadcastToken ?? []].flat()
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
  let ended = false
  const none = { connections: 0, streams: 0, subscriptions: 0, broadcasts: 0, slowConsumers: 0, silentConnections: 0 }
  const server = Object.assign(new EventEmitter(), {
    close: () => void program.end().then(() => server.emit('close')),
    closeAllConnections() {},
  })
  return {
    server,
    port,
    origin,
    cable: {
      async broadcastJson(stream: string, data: Json) {
        const body = JSON.stringify({ stream, data })
        return (await fetch(`${origin}/_broadcast`, { method: 'POST', headers, body })).ok
      },
      async close() {
        ended = true
        await program.end('SIGTERM')
      },
      // What its /health tells. Nothing is left of a process that has ended.
      stats: async () => ({ ...none, ...(!ended && (await (await fetch(`${origin}/health`)).json())) }),
    },
  }
}
