// Never run: what apps write with their ORM and their session. The check of the tests' types has to accept it.

import type { RequestHandler } from 'express'
import session from 'express-session'
import { Schema } from 'mongoose'
import { Model as ObjectionModel } from 'objection'
import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  Sequelize,
} from 'sequelize'
import {
  Broadcastable,
  domId,
  holdingBroadcasts,
  mongooseHooks,
  objectionHooks,
  sequelizeHooks,
  type TurboCableOptions,
  turboCable,
  turboStream,
} from '../../src/index.ts'

class Todo extends Broadcastable(Model)<InferAttributes<Todo>, InferCreationAttributes<Todo>> {
  declare id: CreationOptional<number>
  declare title: string
}
class Plain extends Broadcastable(Model) {
  declare id: number
}
Todo.init(
  { id: { type: DataTypes.INTEGER, primaryKey: true }, title: DataTypes.STRING },
  { sequelize: new Sequelize() },
)
Todo.addHook('afterCreate', () => {})
export async function use(): Promise<string> {
  const todo = await Todo.create({ title: 'x' })
  await todo.broadcastAppendTo('todos')
  todo.broadcastReplaceLater()
  const found: Todo | null = await Todo.findByPk(1)
  await new Plain().broadcastRemove()
  return found?.title ?? todo.title
}
Todo.broadcastsTo((todo) => ['list', todo.title], { insertsBy: 'prepend', target: (todo) => `list_${todo.id}` })
Todo.broadcasts()
Todo.broadcastsRefreshesTo('todos')
// @ts-expect-error a todo has no such field
Todo.broadcastsRefreshes((todo) => todo.noSuchField)
export const count: Promise<number> = Todo.suppressingBroadcasts(() => Todo.count())
sequelizeHooks(Todo)

class Task extends objectionHooks(Broadcastable(ObjectionModel)) {
  static override tableName = 'tasks'
  declare id: number
  declare title: string
}
Task.broadcastsTo((task) => ['task', task.id])
export const renamed = Task.query()
  .findById(1)
  .then((task) => task?.$query().patch({ title: 'x' }))
  .then(() => new Task().broadcastReplace())

const schema = new Schema({ title: String })
schema.loadClass(class extends Broadcastable() {})
mongooseHooks(schema)

export const held: Promise<string> = holdingBroadcasts(async () => 'value')
export const ids = [
  domId('todo', { id: 1 }),
  domId('todo', { id: 1 }, 'edit'),
  domId(new Plain(), 'edit'),
  domId(Plain),
]
// @ts-expect-error a name names a row
domId('todo')
turboStream.remove(['todo', { id: 1 }])

export const options: TurboCableOptions = {
  secret: process.env.SECRET,
  middleware: [session({ secret: 'x' })],
  limits: { frameBytes: undefined },
  history: undefined,
}
export const cable = turboCable(options)

const handler: RequestHandler = (_request, _response, next) => next()
export const middleware: TurboCableOptions['middleware'] = [
  handler,
  (request, response, next) => {
    request.user = { id: 7 }
    // @ts-expect-error parameters have types also where they name none
    response.noSuchMethod()
    next()
  },
  async (_request, _response, next) => next(),
  // @ts-expect-error no middleware asks for a number
  (request: number) => request,
]
