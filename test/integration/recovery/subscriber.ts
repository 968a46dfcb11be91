// A subscriber that subscribes again and again while messages pour in, and the rule that what it is sent must keep.

import assert from 'node:assert/strict'
import type { Positioned } from '../../../src/engine/engine.ts'
import type { TestClient } from '../../support/client.ts'

interface Frame {
  readonly type: string
  readonly stream: string
  readonly data?: { n: number }
  readonly cursor?: string
  readonly recovered?: boolean
}

const positionOf = (cursor = '') => Number(cursor.slice(cursor.lastIndexOf(':') + 1))

export class Subscriber {
  readonly #client: TestClient
  readonly #epoch: string
  /** What was asked for and is not answered yet, oldest first, by stream. */
  readonly #asked = new Map<string, (number | null)[]>()
  readonly #frames: Frame[] = []
  #due = 0
  #answered: (() => void) | undefined

  constructor(client: TestClient, epoch: string) {
    this.#client = client
    this.#epoch = epoch
    client.ws.on('message', (data) => {
      const frame: Frame = JSON.parse(data.toString())
      this.#frames.push(frame)
      if (frame.type === 'subscribed' && --this.#due === 0) this.#answered?.()
    })
  }

  /** Subscribes from a position, or from now on. */
  subscribe(stream: string, position: number | null): void {
    this.#asked.set(stream, [...(this.#asked.get(stream) ?? []), position])
    this.#due++
    const cursor = position === null ? null : `${this.#epoch}:${position}`
    this.#client.send({ type: 'subscribe', stream, cursor })
  }

  /** Position of the newest message received. */
  seen(stream: string): number {
    const last = this.#frames.findLast((frame) => frame.type === 'message' && frame.stream === stream)
    return last ? positionOf(last.cursor) : 0
  }

  /** Resolves when every subscribe is answered. */
  settled(): Promise<void> {
    if (this.#due === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#answered = resolve
    })
  }

  /**
   * Each answer is followed by exactly the messages after the position asked for, ascending, each once, up to the end of
   * `sent`; whatever was asked meanwhile.
   */
  async verify(sent: readonly Positioned[]): Promise<void> {
    await this.settled()
    await this.#client.drain()
    for (const [stream, asked] of this.#asked) {
      const positions = sent.filter((message) => message.stream === stream).map(({ position }) => position)
      let next: number | undefined
      for (const frame of this.#frames) {
        if (frame.stream !== stream) continue
        if (frame.type === 'subscribed') {
          assert.equal(frame.recovered, true)
          const from = asked.shift()
          assert.notEqual(from, undefined, `${stream} was answered more often than asked`)
          // "From now on" changes nothing for who is being served.
          if (from !== null || next === undefined) {
            const seen = from ?? positionOf(frame.cursor)
            next = positions.filter((position) => position <= seen).length
          }
        } else {
          assert.ok(next !== undefined, `a message of ${stream} before the answer`)
          assert.equal(positionOf(frame.cursor), positions[next], `message ${next} of ${stream}`)
          next++
        }
      }
      assert.equal(asked.length, 0, `${stream}: unanswered`)
      assert.equal(next, positions.length, `messages of ${stream} that arrived`)
    }
  }
}

/** A plain subscriber: gets everything from some moment on, in order, each once, and never a cursor. */
export function verifyPlain(frames: readonly string[], stream: string, sent: readonly Positioned[]): void {
  const messages = frames.map((text): Frame => JSON.parse(text)).filter((frame) => frame.type === 'message')
  const got = messages.filter((frame) => frame.stream === stream).map(({ data }) => JSON.stringify(data))
  const all = sent.filter((message) => message.stream === stream).map(({ json }) => json)
  assert.deepEqual(got, all.slice(all.length - got.length))
  for (const { cursor } of messages) assert.equal(cursor, undefined)
}
