// Several processes on one port: the primary starts them, replaces one that dies, and hands the end on to them. What they have in
// common is the engine.

import cluster, { type Worker } from 'node:cluster'
import { tell, warn } from '../log'
import { endSignal } from './run'

/** A worker that lived so long was well, ms. */
const steady = 10_000

/** So many in a row that were not end it all. */
const mostDeaths = 5

/** Of the pause before a worker is replaced, ms: 100, 200, 400… */
const firstPause = 100

const closing = 'close'

/** Runs so many workers. Resolves to the exit code, when all have ended. */
export class Workers {
  readonly #living = new Set<Worker>()
  readonly #born = new WeakMap<Worker, number>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  /** Whether any has ever listened: what kills all of them before is no accident. */
  #listened = false
  #deaths = 0
  #ending = false
  #code = 0
  #ended: (() => void) | undefined

  /** Resolves to 0 after the signal to end, and to 1 where the workers cannot live. */
  async run(count: number, end: Promise<string> = endSignal()): Promise<number> {
    cluster.on('exit', (worker, code, signal) => this.#died(worker, signal ?? `exit code ${code}`))
    cluster.on('listening', () => {
      this.#listened = true
    })
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve
    })
    for (let n = 0; n < count; n++) this.#start()
    void end.then((why) => {
      tell(`${why}: closing ${this.#living.size} workers`)
      this.#end(0)
    })
    await ended
    return this.#code
  }

  #start(): void {
    const worker = cluster.fork()
    // That it cannot be reached any more is said by its exit too.
    worker.on('error', () => {})
    this.#born.set(worker, performance.now())
    this.#living.add(worker)
  }

  #died(worker: Worker, how: string): void {
    this.#living.delete(worker)
    if (this.#ending) {
      if (this.#living.size === 0) this.#ended?.()
      return
    }
    const lived = performance.now() - (this.#born.get(worker) ?? 0)
    this.#deaths = lived > steady ? 1 : this.#deaths + 1
    if (!this.#listened || this.#deaths >= mostDeaths) {
      warn(
        `a worker died (${how}), ${this.#listened ? `the ${this.#deaths}th that soon` : 'before it could listen'}: giving up`,
      )
      this.#end(1)
      return
    }
    const pause = firstPause * 2 ** (this.#deaths - 1)
    warn(`a worker died (${how}): another one starts in ${pause} ms`)
    const timer = setTimeout(() => {
      this.#pauses.delete(timer)
      this.#start()
    }, pause)
    this.#pauses.add(timer)
  }

  #end(code: number): void {
    this.#ending = true
    this.#code = code
    for (const timer of this.#pauses) clearTimeout(timer)
    for (const worker of this.#living) if (worker.isConnected()) worker.send(closing)
    if (this.#living.size === 0) this.#ended?.()
  }
}

/**
 * The end of a worker: when the primary says so, or when the primary is no more. A signal is the primary's to hand on, since a
 * terminal and systemd send theirs to all processes at once.
 */
export function primaryEnds(process: NodeJS.Process = globalThis.process): Promise<string> {
  process.on('SIGTERM', () => {}).on('SIGINT', () => {})
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (message === closing) resolve('the primary closes')
    })
    process.on('disconnect', () => resolve('the primary has gone'))
  })
}
