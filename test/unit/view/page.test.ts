// The helpers of one request.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { SignedStream } from '../../../src/stream/signed-stream.ts'
import { createPage } from '../../../src/view/page.ts'

const signedStream = () => ({ token: 'token' }) as SignedStream

it('every marker of a page has the cursor of the moment that its request arrived', () => {
  const page = createPage({
    cursor: 'e:41',
    url: () => '/cable',
    sign: undefined,
    signedStream,
    turboTextFrom: () => '',
  })
  assert.equal(page.cursor, 'e:41')
  for (const _ of [1, 2]) assert.match(page.turboStreamFrom('s'), /data-streams="s".* data-cursor="e:41"/)
})

it('a page signs its names where there is a key, and names its own URL', () => {
  const sign = (name: string) => `${name}--signed`
  const page = createPage({ cursor: 'e:41', url: () => '/mounted/cable', sign, signedStream, turboTextFrom: () => '' })
  assert.match(page.turboStreamFrom('s'), /data-streams="s--signed"/)
  assert.equal(page.signedStream('s').token, 'token')
  assert.match(page.turboCableTags(), /content="\/mounted\/cable"/)
})

it('a page names the elements of records, also where Handlebars adds an argument of its own', () => {
  class Message {
    readonly id = 1
  }
  const { domId } = createPage({
    cursor: 'e:41',
    url: () => '/cable',
    sign: undefined,
    signedStream,
    turboTextFrom: () => '',
  })
  assert.equal(domId(new Message()), 'message_1')
  assert.equal(domId(new Message(), 'edit'), 'edit_message_1')
  assert.equal(domId(new Message(), { hash: {}, data: {} }), 'message_1')
})
