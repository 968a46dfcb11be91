// One process of clients of the slow-client bench: many that read at once what comes, or some that hardly read.

import { answer } from './child.mjs'
import { QuickReader, SlowReader } from './raw-client.mts'
import { until } from './reliability-clock.mts'

let delays: number[] = []
const quick: QuickReader[] = []
const slow: SlowReader[] = []

const calls = {
  async quick({ port, stream, count }: { port: number; stream: string; count: number }): Promise<void> {
    for (let index = 0; index < count; index++) {
      quick.push(new QuickReader(port, stream, (delay) => delays.push(delay)))
      if (index % 50 === 49) await allSubscribed(quick)
    }
    await allSubscribed(quick)
  },

  /** The milliseconds from send to receipt of every message since the last call. */
  async delays(expected: number): Promise<Float64Array> {
    await until(
      () => delays.length,
      (length) => length >= expected,
      30_000,
    )
    const taken = Float64Array.from(delays)
    delays = []
    return taken
  },

  /** A slow reader per list of streams; each reads `pace` bytes a second. */
  async slow({ port, readers, pace }: { port: number; readers: string[][]; pace: number }): Promise<void> {
    for (const streams of readers) {
      slow.push(new SlowReader(port, streams, pace))
      if (slow.length % 50 === 49) await allSubscribed(slow)
    }
    await allSubscribed(slow)
  },

  /** Ends the slow readers; tells how many bytes they read. */
  endSlow(): number {
    const read = slow.reduce((sum, reader) => sum + reader.read, 0)
    for (const reader of slow.splice(0)) reader.end()
    return read
  },

  /** Ends all; tells how many quick ones had been closed by the server. */
  end(): number {
    const closed = quick.filter((reader) => reader.closed).length
    for (const reader of quick.splice(0)) reader.end()
    calls.endSlow()
    return closed
  },
}

export type SlowCalls = typeof calls

answer(calls)

function allSubscribed(readers: readonly { subscribed: boolean }[]): Promise<unknown> {
  const left = () => readers.filter(({ subscribed }) => !subscribed).length
  return until(left, (count) => count === 0, 30_000)
}
