// Text that is whole elements: what becomes of the whitespace, and what is no element.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { streamElements, streamView } from '../../../src/turbo/stream-elements.ts'
import { turboStream } from '../../../src/turbo/turbo-stream.ts'

const [a, b] = [turboStream.remove('a'), turboStream.update('b', { html: '<p>\n  <i>x</i> </p>\n' })]

test('whitespace around and between elements goes, that of their content stays', () => {
  assert.equal(streamElements('view', `\n ${a}\n\t${b}  ${a} \n`), a + b + a)
  for (const empty of ['', ' \n']) assert.equal(streamElements('view', empty), '')
})

test('what Turbo would leave in the page, or throw at, is refused', () => {
  for (const wrong of [
    'hello',
    `hello ${a}`,
    `${a} hello`,
    '<turbo-streams></turbo-streams>',
    '<p></p>',
    undefined,
    7,
    null,
  ]) {
    assert.throws(() => streamElements('view', wrong as string), { code: 'TURBO_CABLE_BAD_OPTION' }, String(wrong))
  }
})

test('a view of elements says so in its name, once', () => {
  assert.equal(streamView('messages/create'), 'messages/create.turbo_stream')
  for (const name of ['a.turbo_stream', 'a.turbo_stream.ejs']) assert.equal(streamView(name), name)
  assert.throws(() => streamView(''), { code: 'TURBO_CABLE_BAD_OPTION' })
})
