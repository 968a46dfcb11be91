// The marker, byte for byte, and through the view engines that people use.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import ejs from 'ejs'
import hbs from 'hbs'
import pug from 'pug'
import { createTurboStreamFrom } from '../../../src/view/turbo-stream-from.ts'

class Message {
  constructor(readonly id?: unknown) {}
}

const plain = createTurboStreamFrom({ cursor: () => undefined })
const at41 = createTurboStreamFrom({ cursor: () => 'e:41' })

function marker(streams: string, rest = ''): string {
  return `<div hidden data-turbo-stream="true" data-streams="${streams}" data-turbo-streams-target="source"${rest}></div>`
}

test('each argument is a stream, an array is one', () => {
  assert.equal(plain('a', 'b'), marker('a,b'))
  assert.equal(plain(['room', 7]), marker('room:7'))
  assert.equal(plain('a', ['room', 7], new Message(1), 9), marker('a,room:7,message_1,9'))
})

test('the cursor is there when it is known', () => {
  assert.equal(at41('a'), marker('a', ' data-cursor="e:41"'))
})

test('names and cursor are escaped', () => {
  const hostile = createTurboStreamFrom({ cursor: () => '"><script>' })
  assert.equal(hostile('a"b<c'), marker('a&quot;b&lt;c', ' data-cursor="&quot;&gt;&lt;script&gt;"'))
})

test('each name is signed by itself', () => {
  const signed = createTurboStreamFrom({ cursor: () => undefined, sign: (name) => `${name}--sig=` })
  assert.equal(signed('a', ['b', 1]), marker('a--sig=,b:1--sig='))
})

test('no stream and a blank stream are refused', () => {
  for (const streams of [[], [''], ['a', undefined], [null], [[]], [new Message()], ['a,b']]) {
    assert.throws(() => plain(...(streams as string[])), { code: 'TURBO_CABLE_BAD_STREAM' })
  }
  assert.throws(() => plain({ id: 1 }), { code: 'TURBO_CABLE_BAD_RECORD' })
})

test('EJS, Pug and Handlebars print it as it is', () => {
  const locals = { turboStreamFrom: at41, room: 7 }
  const expected = marker('scores,room', ' data-cursor="e:41"')
  assert.equal(ejs.render(`<%- turboStreamFrom('scores', 'room') %>`, locals), expected)
  assert.equal(pug.render(`!= turboStreamFrom('scores', 'room')`, locals), expected)
  const { handlebars } = hbs.create()
  assert.equal(handlebars.compile(`{{{turboStreamFrom "scores" "room"}}}`)(locals), expected)
  assert.equal(handlebars.compile('{{{turboStreamFrom room}}}')(locals), marker('7', ' data-cursor="e:41"'))
})

test('Handlebars without an argument is refused, whatever it passes', () => {
  const template = hbs.create().handlebars.compile('{{{turboStreamFrom}}}')
  assert.throws(() => template({ turboStreamFrom: plain }), { code: 'TURBO_CABLE_BAD_STREAM' })
})
