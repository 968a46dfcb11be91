// What a message and a stream count for.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { silentSize, sizeOf, streamSize } from '../../../src/engine/size.ts'

it('a message costs its text, which takes two bytes a character where it is not ASCII, and something beside it', () => {
  const empty = sizeOf({ stream: 's', json: '' })
  assert.ok(empty > 0)
  assert.equal(sizeOf({ stream: 's', json: '"hello"' }) - empty, 7)
  assert.equal(sizeOf({ stream: 's', json: '"привет"' }) - empty, 16)
})

it('a stream costs more while it has messages than when it has fallen silent', () => {
  assert.ok(streamSize('room') > silentSize('room'))
  assert.equal(streamSize('room') - streamSize('r'), 3)
})
