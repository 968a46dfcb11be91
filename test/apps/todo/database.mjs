import { Sequelize } from 'sequelize'
import * as dialectModule from 'sqlite3'

export const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', dialectModule, logging: false })
