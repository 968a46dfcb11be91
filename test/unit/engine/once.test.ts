// Doing a thing once under an id.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Once } from '../../../src/engine/once.ts'

function counting() {
  const once = new Once()
  let count = 0
  const work = async () => {
    count++
  }
  return { once, work, count: () => count }
}

describe('Once', () => {
  it('does the work of one id once, and who asks again waits for the same end', async () => {
    const { once, work, count } = counting()
    const first = once.run('a', work)
    assert.equal(once.run('a', work), first)
    await first
    assert.equal(once.run('a', work), first)
    assert.equal(count(), 1)
    await once.run('b', work)
    assert.equal(count(), 2)
  })

  it('does each work that has no id, or one too long to keep', async () => {
    for (const id of [undefined, '', 'x'.repeat(129)]) {
      const { once, work, count } = counting()
      for (const _ of [1, 2]) await once.run(id, work)
      assert.equal(count(), 2)
    }
    const { once, work, count } = counting()
    for (const _ of [1, 2]) await once.run('x'.repeat(128), work)
    assert.equal(count(), 1)
  })

  it('does again what failed', async () => {
    const { once, work, count } = counting()
    const failing = () => Promise.reject(new Error('away'))
    await assert.rejects(once.run('a', failing), /away/)
    await once.run('a', work)
    assert.equal(count(), 1)
  })

  it('does not forget the second attempt where the first one fails late', async () => {
    const { once, work, count } = counting()
    let fail = () => {}
    const first = once.run('a', () => new Promise((_, reject) => (fail = () => reject(new Error('late')))))
    for (let n = 0; n < 10_000; n++) void once.run(`other ${n}`, async () => {})
    await once.run('a', work)
    fail()
    await assert.rejects(first)
    await once.run('a', work)
    assert.equal(count(), 1)
  })

  it('keeps no more of those that it only takes for done', () => {
    const { once } = counting()
    for (let n = 0; n < 10_050; n++) once.note(`${n}`)
    assert.deepEqual([once.ids().length, once.ids()[0]], [10_000, '50'])
  })

  it('keeps the last 10,000 ids, and forgets the oldest first', async () => {
    const { once, work, count } = counting()
    for (let n = 0; n <= 10_000; n++) await once.run(`${n}`, work)
    await once.run('1', work)
    assert.equal(count(), 10_001)
    await once.run('0', work)
    assert.equal(count(), 10_002)
  })
})
