// Signs that another process serves the same pages with a history of its own: then a page misses what the other one is sent, and
// nothing else would ever say so.

import cluster from 'node:cluster'
import { warn } from '../log'

const cure = 'pages of one miss what is sent to the other. Run one process, or give both an engine that they share'

/** Warns where this process is visibly one of several: a worker of node:cluster, or one of PM2's instances. */
export function warnOfSiblings(env: NodeJS.ProcessEnv = process.env, isWorker: boolean = cluster.isWorker): void {
  if (isWorker || env.NODE_APP_INSTANCE !== undefined) {
    warn(`this process is one of several, and each has a history of its own: ${cure}`)
  }
}

// Pages that were open over a restart come with cursors of the process before. Those that still come after this time, ms, and as
// many as this, come from a process that is still there.
const afterRestart = 300_000
const many = 50

/** Counts the cursors of other epochs that keep coming. */
export class ForeignCursors {
  readonly #now: () => number
  readonly #start: number
  #count = 0

  /** `now` tells a time in ms that never goes back. */
  constructor(now: () => number) {
    this.#now = now
    this.#start = now()
  }

  /** Notes one; warns once. */
  note(cursor: string): void {
    if (!/^[\w-]{2,}:\d+$/.test(cursor) || this.#now() - this.#start < afterRestart) return
    if (++this.#count === many) warn(`pages keep coming with cursors of another process: ${cure}`)
  }
}
