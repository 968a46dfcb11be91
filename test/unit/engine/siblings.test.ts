// Two processes behind one address with a history each are said aloud, as far as one of them can see it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ForeignCursors, warnOfSiblings } from '../../../src/engine/siblings.ts'
import { warnings } from '../../support/warnings.ts'

describe('warnOfSiblings', () => {
  for (const [what, env, isWorker, count] of [
    ['a worker of node:cluster', {}, true, 1],
    ["one of PM2's instances", { NODE_APP_INSTANCE: '0' }, false, 1],
    ['a process by itself', {}, false, 0],
  ] as const) {
    it(`${count ? 'warns' : 'says nothing'} in ${what}`, (t) => {
      const warned = warnings(t)
      warnOfSiblings(env, isWorker)
      assert.equal(warned.length, count)
    })
  }
})

describe('ForeignCursors', () => {
  it('warns once when they keep coming long after the start, and not of those that a restart leaves', (t) => {
    const warned = warnings(t)
    let now = 1_000
    const foreign = new ForeignCursors(() => now)
    for (let n = 0; n < 1_000; n++) foreign.note(`old:${n}`)
    now += 300_000
    for (let n = 0; n < 49; n++) foreign.note(`other:${n}`)
    // What no server ever printed says nothing.
    for (const noise of ['', 'x', '-:0', 'other:', 'other:x']) for (let n = 0; n < 50; n++) foreign.note(noise)
    assert.deepEqual(warned, [])
    for (let n = 0; n < 500; n++) foreign.note(`other:${n}`)
    assert.equal(warned.length, 1)
    assert.match(warned[0] ?? '', /cursors of another process/)
  })
})
