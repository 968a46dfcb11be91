// What a class declares once: each declaration against each change, after turbo-rails' own table, byte for byte.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import type { Scheduler } from '../../../src/broadcast/scheduler.ts'
import type { Change } from '../../../src/index.ts'
import { Broadcastable, committed, performBroadcast, suppressingBroadcasts, turboCable } from '../../../src/index.ts'
import type { Json } from '../../../src/publisher/publisher.ts'
import { createTurboStreamFrom } from '../../../src/view/turbo-stream-from.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { defaults, recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

/** A class of its own for each test, as declarations stay with their class. */
function todoClass() {
  return class Todo extends Broadcastable() {
    readonly list = 7
    constructor(readonly id?: number) {
      super()
    }
  }
}

/** `change()` tells of a change, and gives what was sent at once and what later: `todos: <turbo-stream …>`. */
function house(t: TestContext) {
  const publisher = recorder()
  const refreshes = new Refreshes(new FakeClock())
  const jobs: Parameters<Scheduler['schedule']>[0][] = []
  const undo = defaults.registerProcessCable({
    publisher: () => publisher,
    renderer: () => ({ render: async (partial, locals) => `${partial} ${Object.keys(locals)}` }),
    scheduler: () => ({ inProcess: true, schedule: (job) => void jobs.push(job) }),
    refreshes: () => refreshes,
  })
  t.after(async () => {
    await refreshes.flush()
    undo()
  })
  const taken = () => publisher.broadcasts.splice(0).map(({ stream, data }) => `${stream}: ${data}`)
  const change = async (record: object, change: Change) => {
    committed(record, change)
    await new Promise(setImmediate)
    const now = taken()
    for (const job of jobs.splice(0)) await performBroadcast(job)
    return { now, later: taken() }
  }
  return { change, taken, jobs }
}

const inserted = (action: string, target: string, content = 'todos/todo todo') =>
  `<turbo-stream action="${action}" target="${target}"><template>${content}</template></turbo-stream>`
const replaced = inserted('replace', 'todo_1')
const removed = '<turbo-stream action="remove" target="todo_1"></turbo-stream>'
const refresh: Json = '<turbo-stream action="refresh"></turbo-stream>'

test('broadcastsTo inserts and replaces later, and removes at once, in one stream', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  Todo.broadcastsTo((todo) => ['list', todo.list])
  const todo = new Todo(1)
  assert.deepEqual(await change(todo, 'create'), { now: [], later: [`list:7: ${inserted('append', 'todos')}`] })
  assert.deepEqual(await change(todo, 'update'), { now: [], later: [`list:7: ${replaced}`] })
  assert.deepEqual(await change(todo, 'destroy'), { now: [`list:7: ${removed}`], later: [] })
})

test('broadcastsTo takes a way to insert, a target, and what to render, for what is replaced too', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  const rendering = { partial: 'todos/line', locals: { admin: true } }
  Todo.broadcastsTo('s', { insertsBy: 'prepend', target: (todo) => `list_${todo.list}`, ...rendering })
  const content = 'todos/line todo,admin'
  const todo = new Todo(1)
  assert.deepEqual((await change(todo, 'create')).later, [`s: ${inserted('prepend', 'list_7', content)}`])
  assert.deepEqual((await change(todo, 'update')).later, [`s: ${inserted('replace', 'todo_1', content)}`])
})

test('broadcasts inserts into the plural, and goes on in the stream of the record', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  Todo.broadcasts()
  const todo = new Todo(1)
  assert.deepEqual(await change(todo, 'create'), { now: [], later: [`todos: ${inserted('append', 'todos')}`] })
  assert.deepEqual(await change(todo, 'update'), { now: [], later: [`todo_1: ${replaced}`] })
  assert.deepEqual(await change(todo, 'destroy'), { now: [`todo_1: ${removed}`], later: [] })
})

test('broadcasts takes another stream and another way to insert', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  Todo.broadcasts('board', { insertsBy: 'prepend', target: 'inbox' })
  assert.deepEqual((await change(new Todo(1), 'create')).later, [`board: ${inserted('prepend', 'inbox')}`])
})

test('broadcastsRefreshesTo refreshes one stream with every change, a burst as few', async (t) => {
  const { change } = house(t)
  for (const each of ['create', 'update', 'destroy'] as const) {
    const Todo = todoClass()
    Todo.broadcastsRefreshesTo(['of', each])
    const told = []
    for (let n = 0; n < 3; n++) told.push(...(await change(new Todo(1), each)).now)
    assert.deepEqual(told, [`of:${each}: ${refresh}`])
  }
})

test('broadcastsRefreshes refreshes the plural with new records, and the stream of the record with its changes', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  Todo.broadcastsRefreshes()
  const todo = new Todo(2)
  const told = []
  for (const each of ['create', 'create', 'update', 'update', 'destroy', 'destroy'] as const) {
    told.push(...(await change(todo, each)).now)
  }
  // Those at once are not gathered.
  assert.deepEqual(told, [`todos: ${refresh}`, ...Array(3).fill(`todo_2: ${refresh}`)])
})

test('the list of a class is its broadcastTargetDefault, for declarations and verbs', async (t) => {
  const { change, taken } = house(t)
  class Todo extends todoClass() {
    static override readonly broadcastTargetDefault = 'inbox'
  }
  Todo.broadcastsTo('s')
  assert.deepEqual((await change(new Todo(1), 'create')).later, [`s: ${inserted('append', 'inbox')}`])
  await new Todo(1).broadcastPrependTo('s', { html: '' })
  await new Todo(1).broadcastReplaceTo('s', { html: '' })
  assert.deepEqual(taken(), [`s: ${inserted('prepend', 'inbox', '')}`, `s: ${inserted('replace', 'todo_1', '')}`])
})

test('a class has its own declarations and those of the classes above it, whose are first', async (t) => {
  const { change } = house(t)
  const Todo = todoClass()
  class Chore extends Todo {}
  Chore.broadcastsTo('chores')
  Todo.broadcastsTo('todos')
  const told = async (record: object) => (await change(record, 'destroy')).now
  assert.deepEqual(await told(new Chore(1)), [
    'todos: <turbo-stream action="remove" target="chore_1"></turbo-stream>',
    'chores: <turbo-stream action="remove" target="chore_1"></turbo-stream>',
  ])
  assert.deepEqual(await told(new Todo(1)), [`todos: ${removed}`])
  assert.deepEqual(await told({}), [])
})

test('a declaration that fails costs a logged line, and neither the change nor the others', async (t) => {
  const lines = warnings(t)
  const { change } = house(t)
  const Todo = todoClass()
  Todo.broadcastsTo(() => assert.fail('no list'))
  Todo.broadcastsTo((todo) => (todo.id === 1 ? [] : 's'))
  Todo.broadcastsTo('s')
  assert.deepEqual((await change(new Todo(1), 'destroy')).now, [`s: ${removed}`])
  assert.equal(lines[0], "[turbo-cable] a record's destroy was not broadcast: no list")
  assert.match(lines[1] ?? '', /Expected a stream name, got `\[\]` \(array\)/)
  assert.equal(lines.length, 2)
  await change(new Todo(1), 'created' as Change)
  assert.equal(
    lines[2],
    "[turbo-cable] a record's created was not broadcast: Expected `change` to be 'create' or 'update' or 'destroy', got `\"created\"` (string)",
  )
})

test('bad options are refused at the declaration', () => {
  const Todo = todoClass()
  const bad = { code: 'TURBO_CABLE_BAD_OPTION' }
  assert.throws(() => Todo.broadcastsTo('s', { insertBy: 'append' } as never), bad)
  assert.throws(() => Todo.broadcasts('s', { insertsBy: 'replace' } as never), bad)
})

test('Todo.suppressingBroadcasts mutes every method of its records and of subclasses, now and later, and no other', async (t) => {
  const { change, taken, jobs } = house(t)
  const Todo = todoClass()
  class Chore extends Todo {}
  class Note extends Broadcastable() {
    readonly id = 3
  }
  Todo.broadcastsTo('s')
  const html = { html: '', target: 'x' }
  const result = await Todo.suppressingBroadcasts(async () => {
    await new Promise(setImmediate)
    const todo = new Chore(1)
    const methods = [
      todo.broadcastActionTo('s', { action: 'highlight' }),
      todo.broadcastAppendTo('s', html),
      todo.broadcastPrependTo('s', html),
      todo.broadcastReplaceTo('s', html),
      todo.broadcastUpdateTo('s', html),
      todo.broadcastBeforeTo('s', html),
      todo.broadcastAfterTo('s', html),
      todo.broadcastRemoveTo('s'),
      todo.broadcastRefreshTo('s'),
      todo.broadcastAction('highlight'),
      todo.broadcastAppend(html),
      todo.broadcastPrepend(html),
      todo.broadcastReplace(html),
      todo.broadcastUpdate(html),
      todo.broadcastRemove(),
      todo.broadcastRefresh(),
    ]
    assert.deepEqual(await Promise.all(methods), Array(methods.length).fill(false))
    todo.broadcastActionLaterTo('s', { action: 'highlight' })
    for (const verb of ['Append', 'Prepend', 'Replace', 'Update', 'Before', 'After'] as const) {
      todo[`broadcast${verb}LaterTo`]('s', html)
    }
    for (const verb of ['Append', 'Prepend', 'Replace', 'Update'] as const) todo[`broadcast${verb}Later`](html)
    todo.broadcastActionLater('highlight')
    todo.broadcastRefreshLaterTo('s')
    todo.broadcastRefreshLater()
    assert.deepEqual(await change(todo, 'destroy'), { now: [], later: [] })
    await Note.suppressingBroadcasts(() => new Note().broadcastRemoveTo('muted within'))
    await new Note().broadcastRemoveTo('s')
    return 'done'
  })
  assert.equal(result, 'done')
  await suppressingBroadcasts(() => new Note().broadcastRemoveTo('all muted'))
  await new Todo(1).broadcastRemoveTo('s')
  assert.deepEqual(
    [taken(), jobs],
    [['s: <turbo-stream action="remove" target="note_3"></turbo-stream>', `s: ${removed}`], []],
  )
})

test('it is over when the work throws', async (t) => {
  const { taken } = house(t)
  const Todo = todoClass()
  const rejected = Todo.suppressingBroadcasts(async () => {
    throw new Error('no')
  })
  await assert.rejects(rejected, /no/)
  assert.throws(() => Todo.suppressingBroadcasts(() => assert.fail('no')), /no/)
  await new Todo(1).broadcastRemoveTo('s')
  assert.equal(taken().length, 1)
})

test('broadcastAction and the refreshes have the stream of the record', async (t) => {
  const { taken, jobs } = house(t)
  const todo = new (todoClass())(1)
  await todo.broadcastAction('highlight', { targets: '.row' })
  await todo.broadcastAction('append', { html: '<p>hi</p>', attributes: { 'data-n': 1 } })
  todo.broadcastActionLater('highlight')
  await todo.broadcastRefresh({ method: 'morph', scroll: 'preserve', requestId: 'abc123' })
  assert.deepEqual(taken(), [
    'todo_1: <turbo-stream action="highlight" targets=".row"><template></template></turbo-stream>',
    'todo_1: <turbo-stream data-n="1" action="append" target="todos"><template><p>hi</p></template></turbo-stream>',
    'todo_1: <turbo-stream request-id="abc123" method="morph" scroll="preserve" action="refresh"></turbo-stream>',
  ])
  assert.deepEqual(jobs, [{ stream: 'todo_1', action: 'highlight', target: 'todos' }])
})

test('pages and broadcasts refuse the same blank streamables', async (t) => {
  const { taken } = house(t)
  const turboStreamFrom = createTurboStreamFrom({ cursor: () => undefined })
  const todo = new (todoClass())(1)
  const bad = { code: 'TURBO_CABLE_BAD_STREAM' }
  for (const blank of [null, undefined, '', [], [''], ['a', null], [undefined, 'a'], ['a', []]] as never[]) {
    assert.throws(() => turboStreamFrom(blank), bad)
    assert.throws(() => todo.broadcastRemoveTo(blank), bad)
    assert.throws(() => todo.broadcastRefreshLaterTo(blank), bad)
    assert.throws(() => todo.broadcastReplaceLaterTo(blank, { html: '' }), bad)
  }
  const cable = turboCable()
  t.after(() => cable.close({ timeout: 100 }))
  assert.throws(() => cable.broadcastJson(['a', ''], {}), bad)
  assert.throws(() => cable.turboStreamFrom(['a', '']), bad)
  assert.deepEqual(taken(), [])
})
