// A server in a process of its own, so that a test can kill it, or see that nothing keeps it alive.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>

  /** `file` is beside this one. The process gets `settings` as its only argument, in JSON. */
  constructor(file: string, settings: object = {}) {
    this.#child = fork(new URL(file, import.meta.url), [JSON.stringify(settings)], { execArgv: ['--import', 'tsx'] })
    this.#exited = once(this.#child, 'exit').then(([code]) => code)
  }

  /** What the process says next by `process.send`; rejects when it ends instead. */
  async hears<Said>(): Promise<Said> {
    const gone = this.#exited.then((code) => Promise.reject(new Error(`the server's process ended with ${code}`)))
    const [said] = await Promise.race([once(this.#child, 'message'), gone])
    return said
  }

  tell(message: string): void {
    this.#child.send(message)
  }

  /** Ends it as a power cut would, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Resolves to the exit code once it ends by itself; undefined, and the process killed, after `patience` ms. */
  async endsWithin(patience: number): Promise<number | null | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, patience, undefined)
    })
    const code = await Promise.race([this.#exited, late])
    clearTimeout(timer)
    if (code === undefined) await this.kill()
    return code
  }
}
