import { DataTypes, Model } from 'sequelize'
import { Broadcastable, sequelizeHooks } from 'turbo-cable'
import { sequelize } from './database.mjs'

export class Todo extends Broadcastable(Model) {}
Todo.init(
  {
    title: { type: DataTypes.STRING, allowNull: false, validate: { notEmpty: { msg: "Title can't be blank" } } },
    done: { type: DataTypes.BOOLEAN, defaultValue: false },
  },
  { sequelize },
)
Todo.broadcastsTo('todos')
sequelizeHooks(Todo)

await sequelize.sync()
