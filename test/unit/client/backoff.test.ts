import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoff } from '../../../client/backoff.ts'

test('the first retry falls anywhere between a quarter of a second and a second', () => {
  assert.equal(
    backoff(0, () => 0),
    250,
  )
  assert.equal(
    backoff(0, () => 1),
    1_000,
  )
})

test('the ceiling stays for four retries, so that short outages end soon, then doubles to thirty seconds; the floor does not move', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2_000].map((attempt) => backoff(attempt, () => 1))
  assert.deepEqual(ceilings, [1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  assert.equal(
    backoff(2_000, () => 0),
    250,
  )
})
