import express from 'express'
import { ValidationError } from 'sequelize'
import { turboCable } from 'turbo-cable'
import { sequelize } from './database.mjs'
import { Todo } from './todo.mjs'

export const app = express()
app.set('view engine', 'ejs')
app.use(turboCable(), express.urlencoded())

const index = async (res, error = '') => res.render('index', { error, todos: await Todo.findAll({ order: ['id'] }) })

app.get('/', (_req, res) => index(res))

app.post('/todos', async (req, res) => {
  try {
    await Todo.create({ title: req.body.title })
    res.redirect('/')
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const { message } = error.errors[0]
    if (!req.wantsTurboStream) return index(res.status(422), message)
    res.status(422).turboStream.replace('new_todo', { partial: 'todos/form', locals: { error: message } })
  }
})

app.post('/todos/done', async (_req, res) => {
  await sequelize.transaction(async (transaction) => {
    for (const todo of await Todo.findAll({ where: { done: false }, transaction })) {
      await todo.update({ done: true }, { transaction })
    }
  })
  res.redirect('/')
})

app.post('/todos/:id/toggle', async (req, res) => {
  const todo = await Todo.findByPk(req.params.id)
  await todo.update({ done: !todo.done })
  res.redirect('/')
})

app.post('/todos/:id/delete', async (req, res) => {
  const todo = await Todo.findByPk(req.params.id)
  await todo.destroy()
  res.redirect('/')
})
