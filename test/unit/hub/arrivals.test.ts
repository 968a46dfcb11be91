// Those whom the app is still being asked about.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Arrivals, wasDisconnected } from '../../../src/hub/arrivals.ts'
import { warnings } from '../../support/warnings.ts'

describe('Arrivals', () => {
  it('counts who is at the door, and answers each once', () => {
    const arrivals = new Arrivals()
    const arrival = arrivals.expect(() => assert.fail())
    arrivals.expect(() => assert.fail())
    assert.equal(arrivals.size, 2)
    assert.deepEqual([arrivals.answered(arrival), arrivals.answered(arrival), arrivals.size], [true, false, 1])
  })

  it('gives the place of who has gone back at once, and counts the question until it is answered', () => {
    const arrivals = new Arrivals()
    const arrival = arrivals.expect(() => assert.fail())
    arrivals.gone(arrival)
    assert.deepEqual([arrivals.size, arrivals.unanswered], [0, 1])
    assert.equal(arrivals.answered(arrival), false)
    assert.equal(arrivals.unanswered, 0)
  })

  it('keeps out who was disconnected while it arrived, and nobody who came later', () => {
    const arrivals = new Arrivals()
    const early = arrivals.expect(() => {})
    arrivals.disconnect((identity) => identity === 7)
    const late = arrivals.expect(() => {})
    assert.deepEqual(
      [wasDisconnected(early, 7), wasDisconnected(early, 8), wasDisconnected(late, 7)],
      [true, false, false],
    )
  })

  it('keeps out who had come by the time at which it was said', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
    const arrivals = new Arrivals()
    const early = arrivals.expect(() => {})
    t.mock.timers.tick(1_000)
    const late = arrivals.expect(() => {})
    arrivals.disconnect(() => true, 1_500)
    assert.deepEqual([wasDisconnected(early, 7), wasDisconnected(late, 7)], [true, false])
  })

  it('keeps out where the question itself throws, and says so', (t) => {
    const warned = warnings(t)
    const arrivals = new Arrivals()
    const arrival = arrivals.expect(() => {})
    arrivals.disconnect((identity) => identity.user.id === 7)
    assert.equal(wasDisconnected(arrival, undefined), true)
    assert.match(warned.join(), /disconnect threw/)
  })

  it('turns all of them away when it closes, each once', () => {
    const arrivals = new Arrivals()
    let turned = 0
    for (const _ of [1, 2]) arrivals.expect(() => turned++)
    arrivals.close()
    arrivals.close()
    assert.deepEqual([turned, arrivals.size], [2, 0])
  })
})
