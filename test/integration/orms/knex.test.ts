// docs/orms.md: Knex with plain rows, and Objection, on SQLite in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertTold, program } from './orm.ts'

// libsql is what better-sqlite3 is, and comes with its binary.
const database = `
import libsql from 'libsql'
import createKnex from 'knex'
import Client from 'knex/lib/dialects/better-sqlite3/index.js'
class Libsql extends Client {
  _driver() {
    return libsql
  }
}
export const knex = createKnex({ client: Libsql, connection: { filename: ':memory:' }, useNullAsDefault: true })
await knex.schema.createTable('todos', (table) => {
  table.increments('id')
  table.string('title').notNullable()
})
`

test('Knex: plain rows are told by their name, after the commit; a rollback tells nothing', async (t) => {
  const id = "domId('todo', todo)"
  const { app, own, sent } = await program(t, { file: 'knex.mjs', packages: ['knex', 'libsql'], database, id })
  t.after(() => own.knex.destroy())
  await app.addTwo('one', 'two')
  assert.deepEqual(await sent(2), [
    'todos append todos <li id="todo_1">one</li>',
    'todos append todos <li id="todo_2">two</li>',
  ])
  await assert.rejects(app.addTwo('three', undefined), /NOT NULL/)
  assert.equal((await own.knex('todos')).length, 2)
  await app.rename(1, 'uno')
  await app.remove({ id: 1 })
  assert.deepEqual(await sent(2), ['todos replace todo_1 <li id="todo_1">uno</li>', 'todos remove todo_1'])
})

test('Objection: each change is told once, after its commit; a rollback tells nothing', async (t) => {
  const { app, own, sent } = await program(t, {
    file: 'objection.mjs',
    packages: ['knex', 'libsql', 'objection'],
    database,
  })
  t.after(() => own.knex.destroy())
  const { Todo, addTwo } = app
  const found = () => Todo.query().findById(1)
  await assertTold({
    sent,
    insert: 'append',
    create: (title) => Todo.query().insert({ title }),
    rename: async (title) => (await found()).$query().patch({ title }),
    remove: async () => (await found()).$query().delete(),
    addTwo,
    addInVain: () =>
      Todo.transaction(async (trx: unknown) => {
        await Todo.query(trx).insert({ title: 'in vain' })
        throw new Error('rolled back')
      }),
  })

  const savepoint = (trx: { transaction: (work: (inner: unknown) => Promise<unknown>) => Promise<unknown> }) =>
    trx.transaction((inner) => Todo.query(inner).insert({ title: 'inner' }))
  const outer = Todo.transaction(async (trx: Parameters<typeof savepoint>[0]) => {
    await savepoint(trx)
    throw new Error('rolled back')
  })
  await assert.rejects(outer, /rolled back/)
  await Todo.transaction(async (trx: Parameters<typeof savepoint>[0]) => {
    await savepoint(trx)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(await sent(0), [])
  })
  assert.match((await sent(1)).join(), /inner/)
})
