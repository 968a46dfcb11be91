// How much a client may say.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TokenBucket } from '../../../src/hub/token-bucket.ts'

const taken = (bucket: TokenBucket, now: number, tries = 1_000) =>
  Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length

describe('TokenBucket', () => {
  it('starts with ten seconds’ worth', () => assert.equal(taken(new TokenBucket(5, 0), 0), 50))

  it('earns its number each second, in fractions too', () => {
    const bucket = new TokenBucket(5, 0)
    taken(bucket, 0)
    assert.equal(taken(bucket, 199), 0)
    assert.equal(taken(bucket, 200), 1)
    assert.equal(taken(bucket, 1_200), 5)
  })

  it('saves up no more than ten seconds’ worth', () => {
    const bucket = new TokenBucket(5, 0)
    taken(bucket, 0)
    assert.equal(taken(bucket, 3_600_000), 50)
  })

  it('goes on earning while it is asked in vain', () => {
    const bucket = new TokenBucket(1, 0)
    taken(bucket, 0)
    for (let now = 100; now < 1_000; now += 100) assert.equal(bucket.take(now), false)
    assert.equal(bucket.take(1_001), true)
  })
})
