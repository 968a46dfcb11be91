// What could not be sent is made good by a refresh, once the publisher is back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Amends } from '../../../src/publisher/amends.ts'
import type { Broadcast } from '../../../src/publisher/publisher.ts'

const refresh = '<turbo-stream action="refresh"></turbo-stream>'

function build() {
  const taken: Broadcast[] = []
  const state = { away: true }
  const amends = new Amends({
    async publish(broadcasts) {
      if (state.away) throw new Error('away')
      taken.push(...broadcasts)
    },
  })
  const send = (stream: string) => amends.publish([{ stream, data: 1 }])
  return { amends, send, state, taken }
}

describe('Amends', () => {
  it('refreshes each stream that failed, once, as soon as something is taken again', async () => {
    const { amends, send, state, taken } = build()
    for (const stream of ['a', 'b', 'a']) await assert.rejects(send(stream), /away/)
    state.away = false
    await send('c')
    while (taken.length < 3) await setImmediate()
    assert.deepEqual(taken, [
      { stream: 'c', data: 1 },
      { stream: 'a', data: refresh },
      { stream: 'b', data: refresh },
    ])
    await send('a')
    await setImmediate()
    assert.equal(taken.length, 4)
    amends.stop()
  })

  it('tries by itself where nothing else is sent, more and more rarely', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { amends, send, state, taken } = build()
    await assert.rejects(send('a'), /away/)
    t.mock.timers.tick(1_000)
    await setImmediate()
    state.away = false
    t.mock.timers.tick(1_999)
    await setImmediate()
    assert.deepEqual(taken, [])
    t.mock.timers.tick(1)
    await setImmediate()
    assert.deepEqual(taken, [{ stream: 'a', data: refresh }])
    amends.stop()
  })

  it('refreshes in batches, and remembers no more than ten thousand streams, which it says', async (t) => {
    const warned = t.mock.method(console, 'warn', () => {})
    const { amends, send, state, taken } = build()
    for (let n = 0; n < 10_050; n++) await send(`s${n}`).catch(() => {})
    assert.equal(warned.mock.callCount(), 1)
    state.away = false
    await send('x')
    while (taken.length < 10_001) await setImmediate()
    assert.equal(taken[1]?.stream, 's50')
    amends.stop()
  })

  it('makes none once it is stopped', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { amends, send, state, taken } = build()
    await assert.rejects(send('a'), /away/)
    amends.stop()
    await assert.rejects(send('b'), /away/)
    state.away = false
    t.mock.timers.tick(60_000)
    await setImmediate()
    assert.deepEqual(taken, [])
  })
})
