// Cursors as text.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatCursor, positionIn, unknownCursor } from '../../../src/engine/cursor.ts'

describe('a cursor', () => {
  it('is epoch:position, and is read back', () => {
    assert.equal(formatCursor('k3x9', 41), 'k3x9:41')
    for (const position of [0, 1, Number.MAX_SAFE_INTEGER])
      assert.equal(positionIn('k3x9', formatCursor('k3x9', position)), position)
  })

  it('of another epoch says nothing', () => {
    for (const cursor of ['other:1', 'k3x:1', 'k3x99:1', ':1', '', unknownCursor])
      assert.equal(positionIn('k3x9', cursor), undefined, cursor)
  })

  for (const digits of [
    '',
    '-1',
    '01',
    '1.5',
    '1e3',
    ' 1',
    '1 ',
    '0x1',
    '1:2',
    '9007199254740992',
    '9'.repeat(30),
    'NaN',
  ])
    it(`has no position "${digits}"`, () => assert.equal(positionIn('e', `e:${digits}`), undefined))
})
