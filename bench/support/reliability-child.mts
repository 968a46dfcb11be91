// Parts of a bench in processes of their own, called over Node's IPC: `await server.call('publish', …)`.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** The functions a child offers, by name. */
export type Calls = Record<string, (argument: never) => unknown>

type Request = { id: number; name: string; argument: unknown }
type Answer = { id: number; result?: unknown; error?: string }
type Pending = { resolve(result: unknown): void; reject(error: Error): void }

/** One child, and what it has been asked. */
export class Child<Offered extends Calls> {
  readonly process: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #asked = 0

  /** `file` is a module beside this one that calls `offer()`. */
  constructor(file: string, flags: readonly string[] = []) {
    this.process = fork(new URL(file, import.meta.url), {
      execArgv: ['--import', 'tsx', ...flags],
      serialization: 'advanced',
    })
    this.process.on('message', ({ id, result, error }: Answer) => {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (error === undefined) pending?.resolve(result)
      else pending?.reject(new Error(`${file}: ${error}`))
    })
    this.process.on('exit', (code, signal) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`${file} ended (${signal ?? code})`))
      this.#pending.clear()
    })
  }

  call<Name extends keyof Offered & string>(
    name: Name,
    ...[argument]: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>> {
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      // The child offers a function of this name and type: both sides share the type.
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject })
      this.process.send({ id, name, argument } satisfies Request)
    })
  }

  /** Lets the child end by itself, since nothing keeps it any more; after `patience` ms it is killed. Was it clean? */
  async end(patience = 5_000): Promise<boolean> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return false
    const ended = once(this.process, 'exit')
    const timer = setTimeout(() => this.process.kill('SIGKILL'), patience)
    this.process.disconnect()
    const [code] = await ended
    clearTimeout(timer)
    return code === 0
  }
}

/** In the child: answers calls by these functions. */
export function offer(calls: Calls): void {
  process.on('message', async ({ id, name, argument }: Request) => {
    try {
      const result = await calls[name]?.(argument as never)
      process.send?.({ id, result } satisfies Answer)
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}
