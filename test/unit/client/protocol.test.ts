import assert from 'node:assert/strict'
import { test } from 'node:test'
import { behind, decode, encode } from '../../../client/protocol.ts'

test('what the client says is byte for byte this', () => {
  const subscribe = { type: 'subscribe', stream: 'room:7' } as const
  assert.equal(
    encode({ ...subscribe, cursor: null, connection: undefined }),
    '{"type":"subscribe","stream":"room:7","cursor":null}',
  )
  assert.equal(
    encode({ ...subscribe, cursor: 'e:41', connection: 'page-1' }),
    '{"type":"subscribe","stream":"room:7","cursor":"e:41","connection":"page-1"}',
  )
  assert.equal(encode({ type: 'unsubscribe', stream: 'a "b" é' }), '{"type":"unsubscribe","stream":"a \\"b\\" é"}')
  assert.equal(
    encode({ type: 'whisper', stream: 'room:7', data: { typing: true } }),
    '{"type":"whisper","stream":"room:7","data":{"typing":true}}',
  )
  assert.equal(encode({ type: 'pong' }), '{"type":"pong"}')
})

test('a frame that is not an object with a type says nothing', () => {
  for (const frame of [
    '',
    'hello',
    '{',
    'null',
    '1',
    '"ping"',
    '[]',
    '{}',
    '{"type":""}',
    undefined,
    new ArrayBuffer(2),
  ]) {
    assert.equal(decode(frame), undefined, String(frame))
  }
})

test('fields nobody knows are left in peace', () => {
  assert.deepEqual(decode('{"type":"ping","message":1,"more":{}}'), { type: 'ping', message: 1, more: {} })
  assert.deepEqual(decode('{"type":"confirmed"}'), { type: 'confirmed' })
})

test('positions compare as numbers within an epoch, and not at all across epochs', () => {
  const rows: [string, string, boolean][] = [
    ['e:41', 'e:44', true],
    ['e:44', 'e:44', false],
    ['e:45', 'e:44', false],
    ['e:9', 'e:10', true],
    ['e:10', 'e:9', false],
    ['e:44', 'f:2', true],
    ['f:2', 'e:44', true],
    ['a:b:9', 'a:b:10', true],
    ['a:b:9', 'a:c:1', true],
  ]
  for (const [seen, cursor, expected] of rows) assert.equal(behind(seen, cursor), expected, `${seen} ${cursor}`)
})
