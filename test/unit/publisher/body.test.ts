// The JSON of a POST: what one side writes, the other side reads.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, broadcastsIn } from '../../../src/publisher/body.ts'

const one = { stream: 's', data: '<b>' }
const two = { stream: 'room:7', data: { n: [null] }, exclude: 'tab' }

test('one broadcast is an object, several are an array, and both come back', () => {
  assert.equal(bodyOf([one]), '{"stream":"s","data":"<b>"}')
  assert.equal(bodyOf([one, two]), `[${JSON.stringify(one)},${JSON.stringify(two)}]`)
  for (const broadcasts of [[one], [two], [one, two]]) {
    assert.deepEqual(broadcastsIn(JSON.parse(bodyOf(broadcasts))), broadcasts)
  }
})

test('a bad one among good ones is what is wrong with the whole', () => {
  const table: [unknown, string][] = [
    [null, 'Stream required'],
    ['text', 'Stream required'],
    [[], 'Stream required'],
    [{ stream: 'a,b', data: 1 }, 'Stream required'],
    [[one, { data: 1 }], 'Stream required'],
    [JSON.parse('{"stream":1e999,"data":1}'), 'Stream required'],
    [{ stream: [7], data: 1 }, 'Stream required'],
    [[one, { stream: 's' }], 'Data required'],
    // What every object has is nobody's field.
    [{ stream: 's', __proto__: { data: 1 } }, 'Data required'],
  ]
  for (const [body, fault] of table) assert.equal(broadcastsIn(body), fault)
})

test('null is data, and what is no id leaves nobody out', () => {
  assert.deepEqual(broadcastsIn({ stream: 's', data: null, exclude: 5 }), [{ stream: 's', data: null }])
})

test('a number is a name, as it is for the verbs', () => {
  assert.deepEqual(broadcastsIn({ stream: 7, data: 1 }), [{ stream: '7', data: 1 }])
  assert.deepEqual(broadcastsIn({ stream: 0, data: 1 }), [{ stream: '0', data: 1 }])
})
