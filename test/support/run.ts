// Runs a command to its end for a test: exit code and output, never a shell.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  /** Both streams in the order they arrived. */
  output: string
}

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Milliseconds until the command is killed; 120,000 if not given. */
  timeout?: number
}

/** Runs `command` without standard input; resolves whatever its exit code is. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd = root, env = process.env, timeout = 120_000 } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, timeout, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, output }))
  })
}

/** Runs a script of an installed package with this Node. */
export function runNode(script: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  return run(process.execPath, [script, ...args], options)
}
