// docs/orms.md: Mongoose, with a server that speaks MongoDB's wire and keeps its data in memory.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Program } from '../../support/program.ts'
import { root, run } from '../../support/run.ts'
import { program, turboCable } from './orm.ts'

const support = join(root, 'test/support/mongo')
const database = `
import mongoose from 'mongoose'
export const connection = await mongoose.createConnection(process.env.MONGO_URL).asPromise()
`

/** Starts the server, which Maven has, and sets `MONGO_URL`. */
async function startMongo(t: TestContext): Promise<void> {
  const jars = join(root, 'node_modules/.cache/mongo')
  const copy = ['-q', '-B', '-f', join(support, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  const { code, output } = await run('mvn', copy)
  assert.equal(code, 0, output)
  const classes = readdirSync(jars).map((jar) => join(jars, jar))
  const server = new Program('java', ['-cp', classes.join(':'), join(support, 'Mongo.java')])
  t.after(() => server.end())
  process.env.MONGO_URL = `mongodb://127.0.0.1:${await server.line()}/test`
}

test('Mongoose: each change is told once; what is held with a rejected transaction is not', async (t) => {
  await startMongo(t)
  const { app, own, sent } = await program(t, { file: 'mongoose.mjs', packages: ['mongoose'], database })
  const { Todo } = app
  t.after(() => own.connection.close())

  const todo = await Todo.create({ title: 'one' })
  const id = `todo_${todo._id}`
  assert.deepEqual(await sent(1), [`todos append todos <li id="${id}">one</li>`])
  todo.title = 'uno'
  await todo.save()
  assert.deepEqual(await sent(1), [`${id} replace ${id} <li id="${id}">uno</li>`])
  await todo.broadcastUpdateTo('elsewhere')
  assert.deepEqual(await sent(1), [`elsewhere update ${id} <li id="${id}">uno</li>`])

  const inVain = turboCable.holdingBroadcasts(async () => {
    await Todo.create({ title: 'in vain' })
    throw new Error('rolled back')
  })
  await assert.rejects(inVain, /rolled back/)
  // Transactions need a replica set, which this server is not.
  await assert.rejects(app.addTwo('two', 'three'), /sessions/)
  await Todo.suppressingBroadcasts(() => Todo.create({ title: 'mute' }))
  await todo.deleteOne()
  const other = await Todo.create({ title: 'other' })
  await Todo.findOneAndDelete({ title: 'other' })
  await assert.rejects(Todo.findOneAndDelete({ title: 'nobody' }).orFail())
  const otherId = `todo_${other._id}`
  const rest = await sent(3)
  assert.deepEqual(
    rest.sort(),
    [`${id} remove ${id}`, `todos append todos <li id="${otherId}">other</li>`, `${otherId} remove ${otherId}`].sort(),
  )
})
