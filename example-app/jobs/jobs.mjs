// Runs work off the request's path, and stops all of it when the app closes.
import { setTimeout as wait } from 'node:timers/promises'

export class Jobs {
  #stop = new AbortController()
  #running = new Set()
  #pace

  constructor({ pace }) {
    this.#pace = pace
  }

  /** Aborted when the app closes. */
  get signal() {
    return this.#stop.signal
  }

  /** Starts `work()`. A failure is logged: it never reaches the request that started it. */
  start(work) {
    const job = Promise.resolve()
      .then(work)
      .catch((error) => {
        if (!this.signal.aborted) console.error(error)
      })
      .finally(() => this.#running.delete(job))
    this.#running.add(job)
  }

  /** The pause between two steps of a job, in milliseconds. */
  get pace() {
    return this.#pace
  }

  /** Waits for one step, or `steps` of them. Rejects when the app closes. */
  pause(steps = 1) {
    return wait(this.#pace * steps, undefined, { signal: this.signal })
  }

  async close() {
    this.#stop.abort()
    await Promise.all(this.#running)
  }
}
