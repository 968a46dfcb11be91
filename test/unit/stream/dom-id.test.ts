// Dom ids and model names: the convention of Rails.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domId, modelNames } from '../../../src/stream/dom-id.ts'

class Message {
  constructor(readonly id?: unknown) {}
}
class UsersProfile extends Message {}
class HTMLPage extends Message {}
class OAuthToken extends Message {}
class Foo_Bar extends Message {}
class Foo_HTMLPage extends Message {}
class Person extends Message {}
class Namespaced extends Message {
  static readonly modelName = 'Users::Profile'
}

test('a record is named by its class and id', () => {
  const table: [unknown, string | undefined, string][] = [
    [new Message(1), undefined, 'message_1'],
    [new Message(0), undefined, 'message_0'],
    [new Message(12n), undefined, 'message_12'],
    [new Message('b-7'), undefined, 'message_b-7'],
    [new Message([3, 'x']), undefined, 'message_3_x'],
    [new Message({ toString: () => '64ab' }), undefined, 'message_64ab'],
    [new Message(1), 'edit', 'edit_message_1'],
    [new Message(1), '', 'message_1'],
    [new Message(), undefined, 'new_message'],
    [new Message(null), undefined, 'new_message'],
    [new Message(''), undefined, 'new_message'],
    [new Message([1, null]), undefined, 'new_message'],
    [new Message([]), undefined, 'new_message'],
    [new Message(), 'my', 'my_message'],
    [Message, undefined, 'new_message'],
    [Message, 'edit', 'edit_message'],
    [new UsersProfile(1), undefined, 'users_profile_1'],
    [new HTMLPage(1), undefined, 'html_page_1'],
    [new OAuthToken(1), undefined, 'o_auth_token_1'],
    [new Foo_Bar(1), undefined, 'foo_bar_1'],
    [new Foo_HTMLPage(1), undefined, 'foo_html_page_1'],
    [new Namespaced(1), undefined, 'users_profile_1'],
  ]
  for (const [record, prefix, expected] of table) assert.equal(domId(record as Message, prefix), expected)
})

test('a row is named by the name before it and its id', () => {
  assert.equal(domId('todo', { id: 1 }), 'todo_1')
  assert.equal(domId('Todo', { id: 1 }), 'todo_1')
  assert.equal(domId('Users::Profile', { id: 1 }), 'users_profile_1')
  assert.equal(domId('todo', { id: [3, 'x'] }, 'edit'), 'edit_todo_3_x')
  assert.equal(domId('todo', {}), 'new_todo')
  assert.equal(domId('todo', { id: null }, 'my'), 'my_todo')
  assert.equal(domId('todo', Object.assign(Object.create(null), { id: 1 })), 'todo_1')
})

test('a name without a row, and a row whose name is none, are refused', () => {
  const bad = { code: 'TURBO_CABLE_BAD_RECORD' }
  for (const row of [undefined, null, 'edit', 7, [], [{ id: 1 }], () => {}]) {
    assert.throws(() => domId('todo', row as never), bad, String(row))
  }
  for (const name of ['', ' ', '#todo', 'to do', '1', '"><script>']) {
    assert.throws(() => domId(name, { id: 1 }), bad, name)
  }
  assert.throws(() => domId('todo', { id: Number.NaN }), bad)
})

test('what has no class of its own is refused', () => {
  const anonymous = new (class {})()
  for (const value of [
    { id: 1 },
    Object.create(null),
    null,
    undefined,
    'message',
    7,
    [],
    [new Message(1)],
    Object,
    anonymous,
  ]) {
    assert.throws(() => domId(value as Message), { code: 'TURBO_CABLE_BAD_RECORD' })
  }
})

test('an id that cannot stand in a page is refused', () => {
  for (const id of [Number.NaN, Number.POSITIVE_INFINITY, true, {}, () => 1, Symbol('x'), [[1]]]) {
    assert.throws(() => domId(new Message(id)), { code: 'TURBO_CABLE_BAD_RECORD' })
  }
})

test('a model has a singular, a plural, an element and a partial', () => {
  assert.deepEqual(modelNames(new Message(1)), {
    singular: 'message',
    plural: 'messages',
    element: 'message',
    partial: 'messages/message',
  })
  assert.equal(modelNames(Person).plural, 'people')
  assert.deepEqual(modelNames(Namespaced), {
    singular: 'users_profile',
    plural: 'users_profiles',
    element: 'profile',
    partial: 'users/profiles/profile',
  })
})
