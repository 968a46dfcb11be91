// What could not be sent is made good by a refresh, once the publisher is back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Amends } from '../../../src/publisher/amends.ts'
import type { Broadcast } from '../../../src/publisher/publisher.ts'

const refresh = '<turbo-stream action="refresh"></turbo-stream>'

function build() {
  const taken: Broadcast[] = []
  const state = { away: true, knows: true, asked: 0, all: 0 }
  const amends = new Amends({
    async publish(broadcasts) {
      if (state.away) throw new Error('away')
      taken.push(...broadcasts)
    },
    async refreshAll() {
      state.asked++
      if (state.away) throw new Error('away')
      if (state.knows) state.all++
      return state.knows
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

  it('tries once more where it is about to end', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { amends, send, state, taken } = build()
    await assert.rejects(send('a'), /away/)
    await amends.finish()
    assert.deepEqual(taken, [])
    state.away = false
    await amends.finish()
    assert.deepEqual(taken, [{ stream: 'a', data: refresh }])
    amends.stop()
  })

  const fail = async (send: (stream: string) => Promise<void>, count: number) => {
    for (let n = 0; n < count; n++) await send(`s${n}`).catch(() => {})
  }

  it('refreshes up to ten thousand streams, in batches', async () => {
    const { amends, send, state, taken } = build()
    await fail(send, 10_000)
    state.away = false
    await send('x')
    while (taken.length < 10_001) await setImmediate()
    assert.equal(taken[1]?.stream, 's0')
    assert.equal(state.all, 0)
    amends.stop()
  })

  it('refreshes every page of every stream where more have failed, and says so once', async (t) => {
    const warned = t.mock.method(console, 'warn', () => {})
    const { amends, send, state, taken } = build()
    await fail(send, 10_050)
    assert.equal(warned.mock.callCount(), 1)
    assert.match(String(warned.mock.calls[0]?.arguments[0]), /more than 10000 streams .* every page will refresh/)
    state.away = false
    await send('x')
    while (state.all === 0) await setImmediate()
    for (let n = 0; n < 5; n++) await setImmediate()
    assert.deepEqual([state.all, taken], [1, [{ stream: 'x', data: 1 }]])
    amends.stop()
  })

  it('owes that until it was taken, and what fails after it too', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    t.mock.method(console, 'warn', () => {})
    const { amends, send, state, taken } = build()
    await fail(send, 10_001)
    t.mock.timers.tick(1_000)
    await setImmediate()
    assert.deepEqual([state.asked, state.all], [1, 0])
    state.away = false
    t.mock.timers.tick(2_000)
    await setImmediate()
    assert.deepEqual([state.asked, state.all, taken], [2, 1, []])
    state.away = true
    await assert.rejects(send('late'), /away/)
    state.away = false
    t.mock.timers.tick(2_000)
    await setImmediate()
    assert.deepEqual([state.all, taken], [1, [{ stream: 'late', data: refresh }]])
    amends.stop()
  })

  it('refreshes those it remembers where the hub knows no such word, and says that', async (t) => {
    const warned = t.mock.method(console, 'warn', () => {})
    const { amends, send, state, taken } = build()
    state.knows = false
    await fail(send, 10_050)
    state.away = false
    await send('x')
    while (taken.length < 10_001) await setImmediate()
    assert.equal(taken[1]?.stream, 's50')
    assert.match(String(warned.mock.calls[1]?.arguments[0]), /only the last 10000 streams/)
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
