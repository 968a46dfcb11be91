// Parts of a bench in processes of their own, asked over IPC: the servers, and those who load them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * One child process, and what it has been asked.
 *
 * @template {Record<string, (argument: never) => unknown>} Calls what the child answers, by name
 */
export class Child {
  #process
  /** @type {Map<number, { resolve(result: any): void, reject(error: Error): void }>} */
  #waiting = new Map()
  #questions = 0

  /**
   * Starts a script with as many file descriptors as the machine allows.
   *
   * @param {string} script path of the file
   * @param {{ flags?: string[], config?: object, env?: NodeJS.ProcessEnv }} [options] Node's flags; what `config()` gives
   *   in the child; and environment variables beside those of this process
   */
  constructor(script, { flags = [], config = {}, env = {} } = {}) {
    const command = ['ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', process.execPath, ...flags, script]
    this.#process = spawn('sh', ['-c', ...command, JSON.stringify(config)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
      serialization: 'advanced',
    })
    this.#process.on('message', (/** @type {any} */ { id, result, error }) => {
      const question = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) question?.resolve(result)
      else question?.reject(new Error(`${script}: ${error}`))
    })
    this.#process.on('error', (error) => this.#fail(`${script}: ${error.message}`))
    this.#process.on('exit', (code, signal) => this.#fail(`${script} ended with ${signal ?? code}`))
  }

  /**
   * Resolves to the child's answer; rejects with its error, or when it ends instead.
   *
   * @template {keyof Calls & string} Name
   * @param {Name} name
   * @param {Parameters<Calls[Name]>} argument
   * @returns {Promise<Awaited<ReturnType<Calls[Name]>>>}
   */
  ask(name, ...[argument]) {
    const id = ++this.#questions
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#process.send({ id, name, argument })
    })
  }

  /** Lets the child end, and resolves when it has. */
  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.disconnect()
    await ended
  }

  /** Kills the child as a machine that fails would, and resolves when it has gone. */
  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  #fail(/** @type {string} */ why) {
    for (const { reject } of this.#waiting.values()) reject(new Error(why))
    this.#waiting.clear()
  }
}

/**
 * In the child: answers by name, and ends with its parent.
 *
 * @param {Record<string, (argument: never) => unknown>} calls
 */
export function answer(calls) {
  process.on('message', async (/** @type {any} */ { id, name, argument }) => {
    try {
      process.send?.({ id, result: await calls[name]?.(argument) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}

/** In the child: what the parent gave it. */
export const config = () => JSON.parse(process.argv[2] ?? '{}')
