// The queue of a stream's history.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Ring } from '../../../src/engine/ring.ts'

describe('Ring', () => {
  it('gives back what was pushed, first in first out', () => {
    const ring = new Ring<number>()
    for (const item of [1, 2, 3]) ring.push(item)
    assert.deepEqual([ring.shift(), ring.shift(), ring.shift(), ring.shift()], [1, 2, 3, undefined])
    assert.equal(ring.length, 0)
  })

  it('is read by index from its head', () => {
    const ring = new Ring<number>()
    for (const item of [1, 2, 3]) ring.push(item)
    ring.shift()
    assert.deepEqual([ring.at(0), ring.at(1), ring.at(2), ring.length], [2, 3, undefined, 2])
  })

  it('is the same as an array through any order of pushes and shifts', () => {
    const [ring, array] = [new Ring<number>(), [] as number[]]
    for (let n = 0; n < 5_000; n++) {
      // Grows and shrinks in waves, so that its head moves past its own half many times.
      if (n % 100 < 60) {
        ring.push(n)
        array.push(n)
      } else for (const _ of [1, 2]) assert.equal(ring.shift(), array.shift())
      assert.equal(ring.length, array.length)
      assert.deepEqual([ring.at(0), ring.at(array.length - 1)], [array[0], array.at(-1)])
    }
  })
})
