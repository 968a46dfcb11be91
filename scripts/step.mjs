// One visible step of a script: a child process whose output is summarised while it works and shown in full if it fails.
// Node built-ins only: these scripts run before anything is installed.
import { spawn } from 'node:child_process'

const TICK = 5_000
const KEPT_LINES = 40

/** A step that could not be done. Its message is written for the person at the terminal; no stack is needed. */
export class StepError extends Error {
  name = 'StepError'
}

/**
 * Runs `command` and says on stdout what is being done; a line every five seconds shows that it still works.
 * Throws a StepError with the end of the child's output when the command fails.
 */
export async function step(title, command, args, { cwd, env = process.env } = {}) {
  const started = Date.now()
  const output = new Tail()
  console.log(`▸ ${title}`)
  const ticker = setInterval(() => console.log(`  … ${seconds(started)}${output.last()}`), TICK)
  try {
    const ending = await run(command, args, { cwd, env }, output)
    if (ending !== 0) throw new StepError(`${title}: failed (${ending}).\n${output.text()}`)
    console.log(`  done in ${seconds(started)}`)
  } finally {
    clearInterval(ticker)
  }
}

/** Runs `main`; a StepError becomes a plain message and exit code 1. */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}

function run(command, args, options, output) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = (signal) => child.kill(signal)
    process.on('SIGTERM', stop).on('SIGINT', stop)
    child.stdout.on('data', (chunk) => output.add(chunk))
    child.stderr.on('data', (chunk) => output.add(chunk))
    child.on('error', (error) => {
      release()
      reject(new StepError(`${command} could not be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      release()
      resolve(signal ?? code)
    })
    function release() {
      process.off('SIGTERM', stop).off('SIGINT', stop)
    }
  })
}

function seconds(started) {
  return `${Math.round((Date.now() - started) / 1000)} s`
}

/** The last lines of a child's output. */
class Tail {
  #lines = []

  add(chunk) {
    const lines = String(chunk)
      .split(/[\r\n]+/)
      .map((line) => line.trimEnd())
      .filter(Boolean)
    this.#lines = [...this.#lines, ...lines].slice(-KEPT_LINES)
  }

  last() {
    const line = this.#lines.at(-1)
    return line ? `  ${line.slice(0, 100)}` : ''
  }

  text() {
    return this.#lines.join('\n')
  }
}
