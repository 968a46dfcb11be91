// How a process follows the log of Redis, over a link that answers as the test says.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Delivery } from '../../../src/engine/delivery.ts'
import type { Signal } from '../../../src/engine/engine.ts'
import type { Link, Seen } from '../../../src/engine/redis/link.ts'
import { Tail } from '../../../src/engine/redis/tail.ts'
import { Listener } from './engine-suite.ts'

/** A tail, who listens to it, and a log of signals, of which `fails` can say that the connection ends at a read. */
function tailOf() {
  const delivery = new Delivery((reason) => new Error(reason))
  const listener = new Listener()
  delivery.add(listener)
  const tail = new Tail({ delivery, bounds: () => [], began: () => {}, sayAgain: async () => {} })
  const log = {
    seen: { epoch: 'one', id: '0-0', tag: '' } as Seen,
    signals: [] as Signal[],
    writtenAt: (_index: number) => Date.now(),
    reads: () => {},
  }
  const link = {
    log: 'log',
    open: true,
    since: (time: number) => Math.max(0, Date.now() - time),
    run: async () => ({ seen: log.seen, rest: [[]] }),
    async send([command, , from = '']: readonly string[]) {
      assert.equal(command, 'XRANGE')
      log.reads()
      const entry = (signal: Signal, index: number) => {
        const fields = { s: '', j: JSON.stringify(signal), x: '', t: 't', p: 'p', a: String(log.writtenAt(index)) }
        return [`0-${index + 1}`, Object.entries(fields).flat()]
      }
      const first = from === '-' ? 0 : Number(from.split('-')[1])
      return log.signals.map(entry).slice(first, first + 500)
    },
  }
  return { tail, delivery, listener, log, link: link as unknown as Link }
}

it('what another history holds of removals is read again where the connection ends during that', async () => {
  const { tail, listener, log, link } = tailOf()
  await tail.look(link)
  // In more than one page.
  log.signals = Array.from({ length: 501 }, (_, n) => ({ type: 'revoke', stream: 's', subject: String(n) }))
  log.seen = { epoch: 'other', id: '0-501', tag: '' }
  for (const at of [1, 2]) {
    let reads = 0
    log.reads = () => {
      if (++reads === at) throw new Error('the connection ended')
    }
    await assert.rejects(tail.look(link))
  }
  log.reads = () => {}
  listener.signals.length = 0
  await tail.look(link)
  assert.deepEqual(listener.signals, log.signals)
  // Once is enough.
  await tail.look(link)
  assert.equal(listener.signals.length, 501)
})

it('what another history holds of removals is read where it begins while that of the one before is read', async () => {
  const { tail, listener, log, link } = tailOf()
  await tail.look(link)
  const held: Signal = { type: 'revoke', stream: 's', subject: '7' }
  log.signals = [held]
  log.seen = { epoch: 'other', id: '0-1', tag: '' }
  log.reads = () => {
    log.reads = () => {}
    log.seen = { epoch: 'third', id: '0-1', tag: '' }
    tail.moveTo(log.seen, 'another history has begun')
  }
  await tail.look(link)
  assert.deepEqual(listener.signals, [])
  await tail.look(link)
  assert.deepEqual(listener.signals, [held])
})

it('what was said since a process started is read where it could not come to Redis until then', async () => {
  const { tail, delivery, listener, log, link } = tailOf()
  log.signals = ['before', 'since'].map((subject) => ({ type: 'revoke', stream: 's', subject }))
  log.seen = { epoch: 'one', id: '0-2', tag: '' }
  // Two clocks may differ by a moment.
  log.writtenAt = (index) => Date.now() + (index === 0 ? -60_000 : 5_000)
  delivery.away('it is not there')
  await tail.look(link)
  assert.deepEqual(listener.signals, [log.signals[1]])
})
