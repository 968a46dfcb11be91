// A real Redis for one test file: on a free port, in a folder of its own, and nothing left when it ends.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinary, missing, REDIS } from '../../scripts/setup.mjs'
import { freePort } from './http-server.ts'
import { Program } from './program.ts'

/** A Redis that runs. */
export interface Redis {
  readonly port: number
  readonly url: string
  /** Kills it as a machine that fails would; what it held is lost. */
  stop(): Promise<void>
}

/** Starts a Redis that writes nothing to disk. `port` is one that it had before. */
export async function startRedis(port?: number, tries = 5): Promise<Redis> {
  const binary = findBinary('redis-server')
  if (!binary) throw new Error(missing('redis-server', REDIS['redis-server']))
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-redis-'))
  const on = port ?? (await freePort())
  const options = ['--port', String(on), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  const program = new Program(binary, options)
  const stop = async () => {
    await program.end('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await program.matching(/Ready to accept connections/)
    return { port: on, url: `redis://127.0.0.1:${on}`, stop }
  } catch (error) {
    await stop()
    // A port that was free a moment ago may be somebody's by now: then another one.
    if (port === undefined && tries > 1 && /Address already in use|bind:/.test(String(error)))
      return startRedis(undefined, tries - 1)
    throw error
  }
}
