// Which cursor belongs to which time: never one that is too late.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Timeline } from '../../../src/hub/timeline.ts'

it('tells the cursor after the last second before a time, and nothing of a time before all it knows', () => {
  const timeline = new Timeline()
  timeline.note(10_900, 'e:0')
  timeline.note(12_100, 'e:1')
  timeline.note(12_900, 'e:3')
  timeline.note(20_000, 'e:4')
  assert.equal(timeline.before(9_000), undefined)
  assert.equal(timeline.before(10_999), undefined)
  assert.equal(timeline.before(11_000), 'e:0')
  assert.equal(timeline.before(12_999), 'e:0')
  assert.equal(timeline.before(13_000), 'e:3')
  assert.equal(timeline.before(20_999), 'e:3')
  assert.equal(timeline.before(1_000_000), 'e:4')
})

it('tells an earlier cursor, and no later one, where the clock was set back', () => {
  const timeline = new Timeline()
  timeline.note(10_000, 'e:1')
  timeline.note(20_000, 'e:2')
  timeline.note(15_000, 'e:3')
  assert.equal(timeline.before(15_000), 'e:1')
  assert.equal(timeline.before(20_000), 'e:1')
  assert.equal(timeline.before(21_000), 'e:3')
})

it('forgets what is of another epoch, and the oldest where there is too much', () => {
  const timeline = new Timeline()
  for (let second = 0; second < 4_000; second++) timeline.note(second * 1_000, `e:${second}`)
  assert.equal(timeline.before(300_000), undefined)
  assert.equal(timeline.before(3_000_000), 'e:2999')
  timeline.clear()
  assert.equal(timeline.before(3_000_000), undefined)
})
