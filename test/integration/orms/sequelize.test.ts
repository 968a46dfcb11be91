// docs/orms.md: Sequelize, on a file of SQLite's.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from '../../support/run.ts'
import { assertTold, program, turboCable } from './orm.ts'

const database = `
import * as sqlite3 from '${pathToFileURL(join(root, 'test/support/sqlite3.mjs'))}'
import { Sequelize } from 'sequelize'
export const sequelize = new Sequelize({
  dialect: 'sqlite',
  storage: process.env.DATABASE,
  dialectModule: sqlite3,
  logging: false,
})
`

test('Sequelize: each change is told once, after its commit; a rollback tells nothing', async (t) => {
  const { app, own, sent } = await program(t, { file: 'sequelize.mjs', packages: ['sequelize'], database })
  const { Todo, addTwo } = app
  const { sequelize } = own
  t.after(() => sequelize.close())
  await sequelize.sync()
  const found = () => Todo.findByPk(1)
  await assertTold({
    sent,
    insert: 'prepend',
    create: (title) => Todo.create({ title }),
    rename: async (title) => (await found()).update({ title }),
    remove: async () => (await found()).destroy(),
    addTwo,
    addInVain: () =>
      sequelize.transaction(async (transaction: object) => {
        await Todo.create({ title: 'in vain' }, { transaction })
        throw new Error('rolled back')
      }),
  })

  // Within a transaction nothing is sent yet.
  await sequelize.transaction(async (transaction: object) => {
    await Todo.create({ title: 'four' }, { transaction })
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(await sent(0), [])
  })
  assert.equal((await sent(1)).length, 1)

  // A savepoint waits for the transaction around it, and falls with it.
  const savepoint = (transaction: object) =>
    sequelize.transaction({ transaction }, async (inner: object) => {
      await Todo.create({ title: 'inner' }, { transaction: inner })
    })
  const outer = sequelize.transaction(async (transaction: object) => {
    await savepoint(transaction)
    throw new Error('rolled back')
  })
  await assert.rejects(outer, /rolled back/)
  await sequelize.transaction(async (transaction: object) => {
    await Todo.create({ title: 'outer' }, { transaction })
    await savepoint(transaction)
  })
  assert.deepEqual(
    (await sent(2)).map((each) => /(\w+)<\/li>/.exec(each)?.[1]),
    ['outer', 'inner'],
  )

  await Todo.suppressingBroadcasts(() => addTwo('mute', 'mute'))
  await turboCable.suppressingBroadcasts(() => Todo.create({ title: 'mute' }))
  await Todo.create({ title: 'last' })
  assert.match((await sent(1)).join(), /^todos prepend todos <li id="todo_\d+">last<\/li>$/)
})
