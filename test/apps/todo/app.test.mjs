import assert from 'node:assert/strict'
import { test } from 'node:test'
import request from 'supertest'
import {
  assertBroadcasts,
  assertNoBroadcasts,
  assertTurboStream,
  captureBroadcasts,
  turboStreamHeaders,
} from 'turbo-cable/testing'
import { app } from './app.mjs'
import { useBrowser } from './browser.mjs'
import { sequelize } from './database.mjs'
import { Todo } from './todo.mjs'

const { visit } = useBrowser(app)
const texts = (page) => page.locator('#todos span').allTextContents()

test('a record tells the list when it is created, changed and destroyed', async () => {
  let todo
  const [added] = await captureBroadcasts('todos', async () => {
    todo = await Todo.create({ title: '<b>milk</b>' })
  })
  assert.equal(`${added.action} ${added.target}`, 'append todos')
  assert.match(added.html, new RegExp(`<li id="todo_${todo.id}">\\s+<span>&lt;b&gt;milk&lt;/b&gt;</span>`))
  const target = `todo_${todo.id}`
  await assertBroadcasts('todos', { action: 'replace', target }, () => todo.update({ done: true }))
  await assertBroadcasts('todos', { action: 'remove', target }, () => todo.destroy())
})

test('a transaction that is rolled back tells nothing, one that is committed tells all of it', async () => {
  await assertNoBroadcasts('todos', () =>
    assert.rejects(
      sequelize.transaction(async (transaction) => {
        await Todo.create({ title: 'in vain' }, { transaction })
        throw new Error('no')
      }),
      /no/,
    ),
  )
  await Todo.suppressingBroadcasts(() => Todo.bulkCreate([{ title: 'one' }, { title: 'two' }]))
  await assertBroadcasts('todos', { action: 'replace', count: 2 }, () => request(app).post('/todos/done'))
})

test('seeds are told to nobody', () =>
  assertNoBroadcasts(() => Todo.suppressingBroadcasts(() => Todo.create({ title: 'seed' }))))

test('a blank title is a 422 with the form again, and is told to nobody', async () => {
  const post = () => request(app).post('/todos').type('form').send({ title: '' })
  await assertNoBroadcasts('todos', async () => {
    const page = await post()
    assert.equal(page.status, 422)
    assert.match(page.text, /<ul id="todos">.*Title can&#39;t be blank/s)
    const [form] = assertTurboStream(await post().set(turboStreamHeaders), {
      action: 'replace',
      target: 'new_todo',
      status: 422,
    })
    assert.match(form.html, /Title can&#39;t be blank/)
  })
})

test('what one person does, the other sees', async () => {
  await Todo.truncate()
  const ana = await visit('/')
  const ben = await visit('/')
  await ana.getByLabel('Title').fill('Buy tea')
  await ana.getByRole('button', { name: 'Add' }).click()
  await ben.locator('#todos span', { hasText: 'Buy tea' }).waitFor()
  await ben.getByRole('button', { name: 'Toggle' }).click()
  await ana.locator('#todos span', { hasText: 'Buy tea ✓' }).waitFor()
  assert.deepEqual(await texts(ana), ['Buy tea ✓'])
  await ana.getByRole('button', { name: 'Delete' }).click()
  await ben.locator('#todos li').waitFor({ state: 'detached' })
  await ana.getByRole('button', { name: 'Add' }).click()
  await ana.getByRole('alert').getByText("Title can't be blank").waitFor()
})
