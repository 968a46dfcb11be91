// The server dies without a word in the middle of its broadcasts, and another takes its port.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { type Connection, createConnection } from '../../../client/connection.ts'
import type { Message } from '../../../client/protocol.ts'
import type { Listener } from '../../../client/subscriptions.ts'
import { ServerProcess } from './child.ts'

const streams = ['a', 'b']
const pages = 20

/** One stream of one page: what it was given, life of the server by life. */
class Reader implements Listener {
  cursor: string | null = null
  waiting = true
  readonly lives: { from: number; numbers: number[] }[] = []
  readonly ended: Promise<void>
  readonly #progress: () => void
  #end: () => void = () => {}

  constructor(progress: () => void) {
    this.#progress = progress
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  notify(): void {}

  moved(lost: boolean): void {
    if (lost || this.lives.length === 0) this.lives.push({ from: Number(this.cursor?.split(':')[1]), numbers: [] })
  }

  // A function of this reader's own: listeners that share one share its calls.
  readonly deliver = ({ data }: Message): void => {
    const { n } = data as { n: number }
    if (n < 0) this.#end()
    else this.lives.at(-1)?.numbers.push(n)
    this.#progress()
  }
}

test('after a kill -9 in mid-broadcast every page sees one gap per stream, and then everything', {
  timeout: 60_000,
}, async () => {
  const first = new ServerProcess('./broadcasting-server.ts')
  let second: ServerProcess | undefined
  const connections: Connection[] = []
  const sockets: WebSocket[] = []
  const gaps: string[] = []
  const readers: { page: number; stream: string; reader: Reader }[] = []
  try {
    const port = await first.hears<number>()
    let received = 0
    const flowing = new Promise<void>((resolve) => {
      for (let page = 0; page < pages; page++) {
        const connection = createConnection(`ws://127.0.0.1:${port}/cable`, {
          WebSocket: class extends WebSocket {
            constructor(url: string) {
              super(url)
              sockets.push(this)
            }
          },
          gap: (stream) => gaps.push(`${page}:${stream}`),
        })
        connections.push(connection)
        for (const stream of streams) {
          const reader = new Reader(() => {
            if (++received === 100 * pages) resolve()
          })
          readers.push({ page, stream, reader })
          connection.subscribe(stream, reader)
        }
      }
    })
    await flowing
    await first.kill()
    second = new ServerProcess('./broadcasting-server.ts', { port })
    assert.equal(await second.hears<number>(), port)
    await Promise.all(readers.map(({ reader }) => until(() => (reader.lives[1]?.numbers.length ?? 0) >= 20)))
    second.tell('end')
    await Promise.all(readers.map(({ reader }) => reader.ended))

    assert.deepEqual(gaps.sort(), readers.map(({ page, stream }) => `${page}:${stream}`).sort())
    for (const { page, stream, reader } of readers) {
      assert.equal(reader.lives.length, 2)
      for (const { from, numbers } of reader.lives) {
        const next = Math.ceil((from - streams.indexOf(stream)) / 2)
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => next + index),
          `page ${page}, stream ${stream}, from position ${from}`,
        )
      }
    }
    // All of them heard the end, so all that the second server sent after their subscribes.
    const lasts = new Set(readers.map(({ reader }) => reader.lives[1]?.numbers.at(-1)))
    assert.equal(lasts.size, 1)
  } finally {
    for (const connection of connections) connection.suspend()
    for (const socket of sockets) socket.terminate()
    await first.kill()
    await second?.kill()
  }

  // What readers get drives this: each look comes after at least one message more.
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
  }
})
