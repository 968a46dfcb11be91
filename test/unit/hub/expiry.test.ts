// The end of what was given for a time, by a clock that the test moves.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { type Expiring, Expiry } from '../../../src/hub/expiry.ts'

function build() {
  const expired: Expiring[] = []
  const expiry = new Expiry<Expiring>((item) => expired.push(item))
  return { expiry, expired }
}

describe('Expiry', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 }))
  afterEach(() => mock.timers.reset())

  it('ends an item at its time, rounded up to a second, and not before', () => {
    const { expiry, expired } = build()
    const item = { expires: 1_002_001 }
    expiry.add(item)
    mock.timers.tick(2_000)
    assert.deepEqual(expired, [])
    mock.timers.tick(1_000)
    assert.deepEqual(expired, [item])
    mock.timers.tick(5_000)
    assert.equal(expired.length, 1)
  })

  it('ends nothing that has no end, and nothing that was removed', () => {
    const { expiry, expired } = build()
    const removed = { expires: 1_001_000 }
    expiry.add({})
    expiry.add(removed)
    expiry.remove(removed)
    mock.timers.tick(10_000)
    assert.deepEqual(expired, [])
  })

  it('has a timer only while there is something to end', (t) => {
    const set = t.mock.method(globalThis, 'setInterval')
    const cleared = t.mock.method(globalThis, 'clearInterval')
    const { expiry } = build()
    expiry.add({})
    assert.equal(set.mock.callCount(), 0)
    const items = [{ expires: 1_001_000 }, { expires: 1_001_000 }]
    for (const item of items) expiry.add(item)
    assert.equal(set.mock.callCount(), 1)
    for (const item of items) expiry.remove(item)
    expiry.add(items[0] as Expiring)
    expiry.remove(items[0] as Expiring)
    assert.deepEqual([set.mock.callCount(), cleared.mock.callCount()], [1, 0])
    mock.timers.tick(1_000)
    assert.equal(cleared.mock.callCount(), 1)
  })

  it('ends what is added while others end', () => {
    const expired: Expiring[] = []
    const expiry = new Expiry<Expiring>((item) => {
      if (expired.push(item) === 1) expiry.add({ expires: 1_003_000 })
    })
    expiry.add({ expires: 1_001_000 })
    mock.timers.tick(5_000)
    assert.equal(expired.length, 2)
  })

  it('ends all that is past after the clock has jumped, and nothing more once it is stopped', () => {
    const { expiry, expired } = build()
    for (const expires of [1_005_000, 1_500_000, 9_000_000]) expiry.add({ expires })
    mock.timers.setTime(2_000_000)
    mock.timers.tick(1_000)
    assert.equal(expired.length, 2)
    expiry.stop()
    mock.timers.tick(10_000_000)
    assert.equal(expired.length, 2)
  })
})
