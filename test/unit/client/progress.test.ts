// When the client forgets how often it has failed, and what it does with numbers and cursors that are none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConnection } from '../../../client/connection.ts'
import { decode } from '../../../client/protocol.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { listener } from './with-server.ts'

/** A connection to a server that says `frames` and goes `stay` ms later; when the client came. */
function visits(frames: object[], stay: number): number[] {
  const clock = new FakeClock()
  const times: number[] = []
  class BriefSocket {
    onopen: (() => void) | null = null
    onmessage: ((event: { data: string }) => void) | null = null
    onclose: (() => void) | null = null
    onerror = null
    constructor() {
      times.push(clock.now())
      if (times.length > 9) return
      clock.setTimeout(() => {
        this.onopen?.()
        for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) })
        clock.setTimeout(() => this.onclose?.(), stay)
      }, 0)
    }
    send() {}
    close() {}
  }
  const connection = createConnection('ws://brief', { WebSocket: BriefSocket, clock, random: () => 1 })
  connection.subscribe('a', listener())
  clock.advance(60 * 60_000)
  connection.suspend()
  return times.slice(1, 9).map((time, index) => time - (times[index] as number) - stay)
}

const patient = [1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000, 16_000]

test('a server that greets and goes is met with ever more patience', () => {
  assert.deepEqual(visits([{ type: 'ping' }], 0), patient)
  assert.deepEqual(visits([{ type: 'subscribed', stream: 'a', cursor: 'e:1', recovered: true }], 100), patient)
})

test('one that has brought something, or has stood for a while, is tried again as quickly as the first time', () => {
  const quick = Array(8).fill(1_000)
  const answer = { type: 'subscribed', stream: 'a', cursor: 'e:1', recovered: true }
  assert.deepEqual(visits([answer, { type: 'message', stream: 'a', data: 1, cursor: 'e:2' }], 0), quick)
  assert.deepEqual(visits([answer], 5_000), quick)
})

test('no server can send a page away for days, or for no time that is one', () => {
  const away = (after: unknown) => visits([{ type: 'disconnect', reconnect: true, after }], 0)[0]
  assert.equal(away(1e12), 300_000)
  assert.equal(away(-5), 0)
  assert.equal(away('soon'), 1_000)
})

test('a cursor that is no string is none', () => {
  assert.deepEqual(decode('{"type":"message","stream":"a","data":1,"cursor":7}'), {
    type: 'message',
    stream: 'a',
    data: 1,
  })
})
