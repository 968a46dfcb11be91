// A program in a process of its own that a test follows by what it prints, and ends.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Queue } from './queue.ts'

type ProgramOptions = Pick<SpawnOptions, 'cwd' | 'env'> & { readonly reads?: 'stdout' | 'stderr' }

export class Program {
  readonly #child: ChildProcess
  readonly #lines = new Queue<string>()
  readonly #printed: string[] = []
  /** The exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>
  /** Rejects, with all that was printed, when the program ends. */
  readonly gone: Promise<never>

  /** `reads` is the output that `line()` gives; errors tell both. */
  constructor(command: string, args: readonly string[], { reads = 'stdout', ...options }: ProgramOptions = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code) => resolve(code))
    })
    this.gone = this.ended.then((code) => {
      throw new Error(`${command} ended with ${code}:\n${this.#printed.join('\n')}`)
    })
    this.gone.catch((why) => this.#lines.end(why))
    for (const name of ['stdout', 'stderr'] as const) {
      createInterface({ input: this.#child[name] as NodeJS.ReadableStream }).on('line', (line) => {
        this.#printed.push(line)
        if (name === reads) this.#lines.push(line)
      })
    }
  }

  /** The next line that it prints. Rejects when it ends instead. */
  line(): Promise<string> {
    return this.#lines.next()
  }

  /** Reads on to a line that matches. */
  async matching(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(await this.line())
      if (match) return match
    }
  }

  /** Sends the signal, unless it has ended; resolves to its exit code when it has. */
  end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
    return this.ended
  }
}
