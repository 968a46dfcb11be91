// Two cables in one process: each has its own pages, the free functions send to the newest, and the operator is told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broadcastJson } from '../../src/index.ts'
import { warnings } from '../support/warnings.ts'
import { withCable } from '../support/with-cable.ts'

test('the free functions send to the newest of two cables, which is said aloud once', async (t) => {
  const lines = warnings(t)
  await withCable({}, async (older) => {
    assert.deepEqual(lines, [])
    await withCable({}, async (newer) => {
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', /^\[turbo-cable\] two cables in one process: /)
      const [left, right] = [await older.connect(), await newer.connect()]
      for (const client of [left, right]) await client.subscribe('s')
      assert.equal(await broadcastJson('s', { to: 'the newest' }), true)
      assert.equal(await older.cable.broadcastJson('s', { to: 'its own' }), true)
      assert.deepEqual([(await left.next()).data, (await right.next()).data], [{ to: 'its own' }, { to: 'the newest' }])
    })
    await withCable({}, async () => undefined)
  })
  assert.equal(lines.length, 1)
})
