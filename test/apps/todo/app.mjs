import express from 'express'
import { ValidationError } from 'sequelize'
import { turboCable } from 'turbo-cable'
import { sequelize } from './database.mjs'
import { Todo } from './todo.mjs'

export const app = express()
app.set('view engine', 'ejs')
app.use(turboCable(), express.urlencoded())

app.get('/', async (_req, res) => res.render('index', { todos: await Todo.findAll({ order: ['id'] }) }))

app.post('/todos', async (req, res) => {
  try {
    await Todo.create({ title: req.body.title })
    res.redirect('/')
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const locals = { error: error.errors[0].message }
    res.status(422).turboStream.replace('new_todo', { partial: 'todos/form', locals })
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
