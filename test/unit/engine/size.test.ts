// What a message counts for.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { overhead, sizeOf } from '../../../src/engine/size.ts'

it('a message costs its text and something beside it', () => {
  assert.equal(sizeOf({ stream: 'room', json: '"hello"' }), overhead + 11)
  assert.ok(overhead > 0)
})
