// Captures what is broadcast while a function runs. Whoever sends, a free verb, a cable, a model, a Later verb, ends in a
// publisher, which tells the tap.

import { AsyncLocalStorage } from 'node:async_hooks'
import { callable, check, type Rule } from '../options/check'
import type { Broadcast, Json } from '../publisher/publisher'
import { setTap } from '../publisher/tap'
import { type Streamable, streamName } from '../stream/name'
import { parsedStreams, type StreamElement } from './stream-element'

/** One `<turbo-stream>` element that was broadcast, or one JSON value. */
export interface CapturedBroadcast extends Partial<StreamElement> {
  /** The stream's name. */
  readonly stream: string
  /** The other attributes of the element; none where it is JSON. */
  readonly attributes: Readonly<Record<string, string>>
  /** What `broadcastJson` sent; undefined for an element. */
  readonly json?: Json
  /** Id of the connection that was left out. */
  readonly exclude?: string
}

/** Sends something: what is captured is what it, and all that it calls, broadcasts. */
export type Sending = () => unknown

/**
 * Runs `fn` and gives what was broadcast meanwhile, one entry for each `<turbo-stream>` element and JSON value: by the free
 * functions, by any cable, by models, and by Later verbs, for which it waits; refreshes that wait are sent. A broadcast that nobody took is not among them.
 * Open pages get it as ever.
 *
 * ```ts
 * const [message] = await captureBroadcasts(() => room.post('hi'))
 * // → { stream: 'room:7', action: 'append', target: 'messages', html: '<p>hi</p>', attributes: {} }
 * ```
 *
 * Captures at the same time see each their own broadcasts. One that a server sends while it answers a request belongs to none of
 * them, so all see it: give them different streams.
 *
 * Rejects as `fn` does. Throws `TURBO_CABLE_BAD_STREAM` for what names no stream, and `TURBO_CABLE_BAD_OPTION` for no function.
 */
export async function captureBroadcasts(fn: Sending): Promise<CapturedBroadcast[]>
/** The same for one stream: `await captureBroadcasts(['room', 7], () => room.post('hi'))`. */
export async function captureBroadcasts(stream: Streamable | undefined, fn: Sending): Promise<CapturedBroadcast[]>
export async function captureBroadcasts(
  ...given: [Sending] | [Streamable | undefined, Sending]
): Promise<CapturedBroadcast[]> {
  const [stream, fn] = given.length === 1 ? [undefined, given[0]] : given
  const all = await everythingSent(check('fn', fn, sending))
  if (stream === undefined) return all
  const name = streamName(stream)
  return all.filter((broadcast) => broadcast.stream === name)
}

const sending: Rule = { ...callable, words: 'a function that sends something' }

/** What was broadcast to any stream while `fn` ran. */
export async function everythingSent(fn: Sending): Promise<CapturedBroadcast[]> {
  const capture = new Capture(owner.getStore())
  open.add(capture)
  try {
    await owner.run(capture, fn)
    await capture.settled()
    return capture.sent.flatMap(flattened)
  } finally {
    open.delete(capture)
  }
}

/**
 * Lets broadcasts leave this process by HTTP again, as a test of two processes needs, until the returned function is called:
 * `const forbidHttp = allowHttp()`.
 */
export function allowHttp(): () => void {
  httpAllowed++
  let allowed = true
  return () => {
    if (allowed) httpAllowed--
    allowed = false
  }
}

let httpAllowed = 0

class Capture {
  /** The capture in which this one runs: it sees the same. */
  readonly outer: Capture | undefined
  readonly sent: Broadcast[] = []
  readonly #work = new Set<Promise<unknown>>()
  #flushes: (() => unknown)[] = []

  constructor(outer: Capture | undefined) {
    this.outer = outer
  }

  add(broadcasts: readonly Broadcast[]): void {
    this.sent.push(...broadcasts)
  }

  takeBack(broadcasts: readonly Broadcast[]): void {
    for (const broadcast of broadcasts) {
      const at = this.sent.indexOf(broadcast)
      if (at !== -1) this.sent.splice(at, 1)
    }
  }

  wait(work: Promise<unknown>): void {
    this.#work.add(work)
    const done = () => void this.#work.delete(work)
    work.then(done, done)
  }

  flushLater(flush: () => unknown): void {
    this.#flushes.push(flush)
  }

  /** Resolves when nothing is under way or waits, what that has begun included. */
  async settled(): Promise<void> {
    while (this.#work.size > 0 || this.#flushes.length > 0) {
      const flushes = this.#flushes.splice(0)
      await Promise.allSettled([...this.#work, ...flushes.map((flush) => owner.run(this, flush))])
    }
  }
}

const owner = new AsyncLocalStorage<Capture>()
const open = new Set<Capture>()

// Those in which this code runs. Where it runs in none, as a server's handler does, whose context is older: all.
function concerned(): Capture[] {
  const own: Capture[] = []
  for (let capture = owner.getStore(); capture; capture = capture.outer) if (open.has(capture)) own.push(capture)
  return own.length > 0 ? own : [...open]
}

setTap({
  get offline() {
    return httpAllowed === 0
  },
  handed(broadcasts) {
    const captures = concerned()
    for (const capture of captures) capture.add(broadcasts)
    return () => {
      for (const capture of captures) capture.takeBack(broadcasts)
    }
  },
  working(work) {
    for (const capture of concerned()) capture.wait(work)
  },
  waiting(flush) {
    for (const capture of concerned()) capture.flushLater(flush)
  },
})

function flattened({ stream, data, exclude }: Broadcast): CapturedBroadcast[] {
  const common = { stream, ...(exclude !== undefined && { exclude }) }
  if (typeof data !== 'string') return [{ ...common, attributes: {}, json: data }]
  return parsedStreams(data).map((element) => ({ ...common, ...element }))
}
