// One visible step of a script: a child process whose output is summarised while it works and shown in full if it fails.
// Node built-ins only: these scripts run before anything is installed.
import { spawn } from 'node:child_process'

const TICK = 5_000
const FIRST_LINES = 12
const LAST_LINES = 28

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
  const output = new Output()
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
    child.stdout.setEncoding('utf8').on('data', (chunk) => output.add(chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk) => output.add(chunk))
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

/** The first and the last lines of a child's output: the cause is among the first with npm, among the last with a compiler. */
class Output {
  #first = []
  #last = []
  #dropped = 0
  #unfinished = ''

  add(chunk) {
    const lines = (this.#unfinished + chunk).split(/[\r\n]+/)
    this.#unfinished = lines.pop() ?? ''
    for (const line of lines) this.#keep(line.trimEnd())
  }

  last() {
    const line = this.#last.at(-1) ?? this.#first.at(-1)
    return line ? `  ${line.slice(0, 100)}` : ''
  }

  text() {
    const gap = this.#dropped > 0 ? [`… ${this.#dropped} more lines …`] : []
    return [...this.#first, ...gap, ...this.#last, this.#unfinished].join('\n').trimEnd()
  }

  #keep(line) {
    if (line === '') return
    if (this.#first.length < FIRST_LINES) {
      this.#first.push(line)
      return
    }
    this.#last.push(line)
    if (this.#last.length <= LAST_LINES) return
    this.#last.shift()
    this.#dropped += 1
  }
}
