// Broadcasts off the request's path: the queue that works inside the process.

import { setImmediate } from 'node:timers/promises'
import { warn } from '../log'
import { tap } from '../publisher/tap'
import { type Perform, troubleLine, verbName } from './perform'
import type { BroadcastJob, Scheduler } from './scheduler'

/** The scheduler of a process: first come first served within a stream, streams independent of each other. */
export class LaterQueue implements Scheduler {
  readonly inProcess = true
  readonly #perform: Perform
  // The last job of each busy stream; it ends after all before it. It never rejects.
  readonly #tails = new Map<string, Promise<void>>()

  constructor(perform: Perform) {
    this.#perform = perform
  }

  schedule(job: BroadcastJob): void {
    const tail: Promise<void> = this.#run(job, this.#tails.get(job.stream)).then(() => {
      if (this.#tails.get(job.stream) === tail) this.#tails.delete(job.stream)
    })
    this.#tails.set(job.stream, tail)
    tap?.working(tail)
  }

  /** Resolves when nothing is left to send, jobs scheduled meanwhile included. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values())
  }

  async #run(job: BroadcastJob, previous: Promise<void> | undefined): Promise<void> {
    await previous
    await setImmediate()
    try {
      await this.#perform(job)
    } catch (error) {
      warn(troubleLine(verbName(job.action, job.format), job.stream, error))
    }
  }
}
