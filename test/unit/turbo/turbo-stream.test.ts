// <turbo-stream> elements, byte for byte as turbo-rails prints them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { turboStream } from '../../../src/turbo/turbo-stream.ts'

class Message {
  constructor(readonly id?: unknown) {}
}
const message = new Message(1)
const html = '<p>hi</p>'

const table: [string, string][] = [
  ...['append', 'prepend', 'replace', 'update', 'before', 'after', 'my_custom_action'].map(
    (action): [string, string] => [
      turboStream(action, { target: 'x', html }),
      `<turbo-stream action="${action}" target="x"><template><p>hi</p></template></turbo-stream>`,
    ],
  ),
  [
    turboStream('append', { targets: '.a > .b', html }),
    '<turbo-stream action="append" targets=".a &gt; .b"><template><p>hi</p></template></turbo-stream>',
  ],
  [
    turboStream('replace', { target: 'x', method: 'morph', html: 'z' }),
    '<turbo-stream method="morph" action="replace" target="x"><template>z</template></turbo-stream>',
  ],
  [
    turboStream('update', { target: 'x', attributes: { method: 'morph' }, html: 'z' }),
    '<turbo-stream method="morph" action="update" target="x"><template>z</template></turbo-stream>',
  ],
  [turboStream('remove', { target: 'x' }), '<turbo-stream action="remove" target="x"></turbo-stream>'],
  [turboStream('remove', { target: 'x', html }), '<turbo-stream action="remove" target="x"></turbo-stream>'],
  [
    turboStream('remove', { target: [message, 'edit'] }),
    '<turbo-stream action="remove" target="edit_message_1"></turbo-stream>',
  ],
  [
    turboStream('remove', { targets: [message, 'edit'] }),
    '<turbo-stream action="remove" targets="#edit_message_1"></turbo-stream>',
  ],
  [
    turboStream('remove', { target: [Message, 'edit'] }),
    '<turbo-stream action="remove" target="edit_message"></turbo-stream>',
  ],
  [turboStream('remove', { targets: message }), '<turbo-stream action="remove" targets="#message_1"></turbo-stream>'],
  [turboStream.refresh(), '<turbo-stream action="refresh"></turbo-stream>'],
  [turboStream('refresh'), '<turbo-stream action="refresh"></turbo-stream>'],
  [turboStream.refresh({ requestId: 'abc123' }), '<turbo-stream request-id="abc123" action="refresh"></turbo-stream>'],
  [turboStream.refresh({ requestId: '' }), '<turbo-stream action="refresh"></turbo-stream>'],
  [turboStream.refresh({ requestId: null }), '<turbo-stream action="refresh"></turbo-stream>'],
  [
    turboStream.refresh({ requestId: 'abc123', method: 'morph', scroll: 'preserve', attributes: { foo: 1 } }),
    '<turbo-stream request-id="abc123" method="morph" scroll="preserve" foo="1" action="refresh"></turbo-stream>',
  ],
  [turboStream('my_custom_action'), '<turbo-stream action="my_custom_action"><template></template></turbo-stream>'],
  [turboStream('append', { target: 'x', targets: '.y', html }), turboStream('append', { target: 'x', html })],
  [
    turboStream('replace', { target: message, html: '' }),
    '<turbo-stream action="replace" target="message_1"><template></template></turbo-stream>',
  ],
  [
    turboStream('update', { target: 7, text: `<b> & "'` }),
    '<turbo-stream action="update" target="7"><template>&lt;b&gt; &amp; &quot;&#39;</template></turbo-stream>',
  ],
  [
    turboStream('update', { target: 'n', text: 0 }),
    '<turbo-stream action="update" target="n"><template>0</template></turbo-stream>',
  ],
  [
    turboStream('append', { target: 'a"b', html: '' }),
    '<turbo-stream action="append" target="a&quot;b"><template></template></turbo-stream>',
  ],
  [
    turboStream('append', { target: Message, html: '' }),
    '<turbo-stream action="append" target="new_message"><template></template></turbo-stream>',
  ],
  [
    turboStream('remove', { targets: new Message('a:b.c') }),
    '<turbo-stream action="remove" targets="#message_a\\:b\\.c"></turbo-stream>',
  ],
  [
    turboStream('log', { attributes: { hidden: true, hello_world: 'foo', data: { b_c: 1 }, class: ['a', 'b'] } }),
    '<turbo-stream hidden="hidden" hello_world="foo" data-b-c="1" class="a b" action="log"><template></template></turbo-stream>',
  ],
]

for (const [actual, expected] of table) test(expected, () => assert.equal(actual, expected))

test('the builder has a method for each action, and one for each with a selector', () => {
  const one = ['append', 'prepend', 'replace', 'update', 'before', 'after'] as const
  for (const action of one) {
    assert.equal(turboStream[action]('x', { html }), turboStream(action, { target: 'x', html }))
    assert.equal(turboStream[`${action}All`]('.x', { html }), turboStream(action, { targets: '.x', html }))
  }
  assert.equal(turboStream.remove(message), '<turbo-stream action="remove" target="message_1"></turbo-stream>')
  assert.equal(turboStream.removeAll('.x'), '<turbo-stream action="remove" targets=".x"></turbo-stream>')
})

test("Turbo's own actions need a target, all but refresh", () => {
  for (const action of ['append', 'prepend', 'replace', 'update', 'before', 'after', 'remove']) {
    for (const options of [{ html }, { html, target: '' }, { html, targets: '' }, { html, target: null as never }]) {
      assert.throws(() => turboStream(action, options), { code: 'TURBO_CABLE_NO_TARGET' })
    }
  }
})

test('an action that brings content says which, be it empty', () => {
  assert.throws(() => turboStream('append', { target: 'x' }), { code: 'TURBO_CABLE_NO_CONTENT' })
  assert.throws(() => turboStream.update('x', undefined as never), { code: 'TURBO_CABLE_NO_CONTENT' })
})

test('attributes cannot stand in for action and target', () => {
  for (const name of ['action', 'target', 'targets', 'Action', 'TARGET']) {
    assert.throws(() => turboStream('append', { target: 'x', html, attributes: { [name]: 'evil' } }), {
      code: 'TURBO_CABLE_BAD_ATTRIBUTE',
    })
    assert.throws(() => turboStream.refresh({ attributes: { [name]: 'evil' } }), { code: 'TURBO_CABLE_BAD_ATTRIBUTE' })
  }
})

test('bad options are refused by name', () => {
  const refused: [string, () => string][] = [
    ['action', () => turboStream('')],
    ['action', () => turboStream(undefined as never)],
    ['html', () => turboStream('append', { target: 'x', html: 5 as never })],
    ['text', () => turboStream('append', { target: 'x', text: {} as never })],
    ['method', () => turboStream('replace', { target: 'x', html, method: 'mrph' as never })],
    ['method', () => turboStream.refresh({ method: 'mrph' as never })],
    ['scroll', () => turboStream.refresh({ scroll: 'keep' as never })],
    ['attributes', () => turboStream('x', { attributes: 'a=b' as never })],
    ['attributes', () => turboStream.refresh({ attributes: 'a=b' as never })],
    ['target', () => turboStream('remove', { target: true as never })],
    ['target', () => turboStream('remove', { target: Number.NaN })],
    ['targets', () => turboStream('remove', { targets: 7 as never })],
  ]
  for (const [option, build] of refused) {
    assert.throws(build, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'TURBO_CABLE_BAD_OPTION')
      return error.message.startsWith(`Expected \`${option}\``)
    })
  }
  assert.throws(() => turboStream('remove', { target: { id: 1 } }), { code: 'TURBO_CABLE_BAD_RECORD' })
})

test('a selector is no id, and what to do instead is said', () => {
  assert.throws(() => turboStream.update('#count', { text: 1 }), {
    code: 'TURBO_CABLE_BAD_OPTION',
    message:
      'Expected `target` to be an element\'s id, without `#` (a CSS selector is for `targets`), got `"#count"` (string)',
  })
  for (const target of [
    [message],
    [message, 'edit', 'x'],
    [message, 7],
    ['message', 'edit'],
    [],
    [[message], 'edit'],
  ]) {
    assert.throws(
      () => turboStream.remove(target as never),
      { code: /^TURBO_CABLE_BAD_(?:OPTION|RECORD)$/ },
      `${target}`,
    )
  }
})

test('a row with its name before it is a target, and targets', () => {
  const row = { id: 1, title: 'milk' }
  assert.equal(turboStream.remove(['todo', row]), '<turbo-stream action="remove" target="todo_1"></turbo-stream>')
  assert.equal(
    turboStream.replaceAll(['todo', row], { html: '' }),
    '<turbo-stream action="replace" targets="#todo_1"><template></template></turbo-stream>',
  )
  const bad = { code: 'TURBO_CABLE_BAD_OPTION' }
  for (const target of [['todo', null], ['', row], [row, row], ['todo', row, 'edit'], ['todo']] as never[]) {
    assert.throws(
      () => turboStream.remove(target),
      (error: { code: string }) => /BAD_(OPTION|RECORD)/.test(error.code),
    )
  }
  assert.throws(() => turboStream.remove(['todo'] as never), bad)
})
