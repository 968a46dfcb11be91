// Who carries a token.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasBearer } from '../../../src/http/bearer.ts'
import { requestOf } from '../../support/http-doubles.ts'

const carries = (authorization: string | undefined, ...tokens: string[]) =>
  hasBearer(requestOf({ headers: authorization === undefined ? {} : { authorization } }), tokens)

describe('hasBearer', () => {
  it('knows each of the tokens, whatever the case of the scheme', () => {
    for (const authorization of ['Bearer one', 'bearer two', 'BEARER  one '])
      assert.equal(carries(authorization, 'one', 'two'), true, authorization)
  })

  it('knows no other, no part of one, and no other scheme', () => {
    const others = [
      'Bearer three',
      'Bearer on',
      'Bearer onee',
      'Bearer',
      'Bearer ',
      'Basic one',
      'one',
      'Bearer one two',
      '',
    ]
    for (const authorization of others) assert.equal(carries(authorization, 'one', 'two'), false, authorization)
    assert.equal(carries(undefined, 'one'), false)
  })

  it('knows none where there are no tokens', () => assert.equal(carries('Bearer one'), false))
})
