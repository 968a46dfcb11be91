// Streamables to names: the same for pages and broadcasts, and never a blank one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { defineStream } from '../../../src/stream/define-stream.ts'
import { isStreamName, type Streamable, streamName } from '../../../src/stream/name.ts'

class Message {
  constructor(readonly id?: unknown) {}
}

const bad = { code: 'TURBO_CABLE_BAD_STREAM' }

test('parts are joined by a colon, records by their dom id', () => {
  const table: [Streamable, string][] = [
    ['scores', 'scores'],
    [7, '7'],
    [0, '0'],
    [7n, '7'],
    [['room', 7], 'room:7'],
    [['a', ['b', [3]]], 'a:b:3'],
    [new Message(1), 'message_1'],
    [[new Message(1), 'likes'], 'message_1:likes'],
    ['naïve 😀', 'naïve 😀'],
  ]
  for (const [streamables, expected] of table) assert.equal(streamName(streamables), expected)
})

test('a colon in a part is not escaped, as in turbo-rails', () => {
  assert.equal(streamName(['a:b', 'c']), streamName(['a', 'b:c']))
})

test('a blank part is refused wherever it stands', () => {
  for (const blank of [null, undefined, '', []]) {
    for (const streamables of [blank, [blank], ['a', blank], [blank, 'a'], ['a', [blank]]]) {
      assert.throws(() => streamName(streamables as Streamable), bad)
    }
  }
  assert.throws(() => streamName(['a', null] as never), /it has a blank part \(null\)/)
})

test('an unsaved record names no stream', () => {
  assert.throws(() => streamName(['room', new Message()]), /it has an unsaved record \(new_message\)/)
})

test('what is neither text, number nor record is refused', () => {
  for (const value of [true, Number.NaN, Number.POSITIVE_INFINITY, Symbol('x'), () => 'x', Message]) {
    assert.throws(() => streamName(value as never), bad)
  }
  assert.throws(() => streamName({ id: 1 }), { code: 'TURBO_CABLE_BAD_RECORD' })
})

test('commas, control characters, half surrogate pairs and more than 512 bytes are refused', () => {
  for (const name of ['a,b', 'a\n', '\0', '\x7F', '\x85', '\uD800', '\uDC00a', 'x'.repeat(513), 'é'.repeat(257)]) {
    assert.throws(() => streamName(name), bad, JSON.stringify(name))
    assert.equal(isStreamName(name), false)
  }
  for (const name of ['x'.repeat(512), 'é'.repeat(256), ' ', '😀', '\u2028']) {
    assert.equal(streamName(name), name)
    assert.equal(isStreamName(name), true)
  }
})

test('only a string is a name', () => {
  for (const value of [undefined, null, 7, ['a'], { a: 1 }, '']) assert.equal(isStreamName(value), false)
})

test('every array of names gives a name, or is refused with a code', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.integer(), fc.constant(null))),
      (parts) => {
        try {
          const name = streamName(parts as Streamable)
          assert.equal(isStreamName(name), true)
          assert.equal(name, parts.join(':'))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'TURBO_CABLE_BAD_STREAM')
        }
      },
    ),
  )
})

test('a stream that says what data it carries is its name', () => {
  assert.equal(streamName(defineStream<{ progress: number }>('import:7')), 'import:7')
})
