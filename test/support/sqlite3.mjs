// The calls of the package sqlite3, as far as Sequelize makes them, on libsql, which comes with its binary.

import Libsql from 'libsql'

export const OPEN_READWRITE = 2
export const OPEN_CREATE = 4

export class Database {
  #database

  constructor(filename, _mode, done) {
    this.filename = filename
    this.#database = new Libsql(filename)
    queueMicrotask(() => done(null))
  }

  serialize(work) {
    work()
  }

  run(sql, parameters, callback) {
    this.#perform(sql, parameters, callback, (statement, values) => statement.run(values))
  }

  all(sql, parameters, callback) {
    this.#perform(sql, parameters, callback, (statement, values) => ({ rows: statement.all(values) }))
  }

  close(done = () => {}) {
    this.#database.close()
    queueMicrotask(() => done(null))
  }

  // `{ $1: true }` there is `{ 1: 1 }` here. Either of the last two may be left out.
  #perform(sql, parameters, callback, act) {
    const done = [callback, parameters, () => {}].find((given) => typeof given === 'function')
    const named = typeof parameters === 'object' ? Object.entries(parameters) : []
    const values = Object.fromEntries(
      named.map(([name, value]) => [name.slice(1), typeof value === 'boolean' ? Number(value) : value]),
    )
    try {
      const { rows, changes, lastInsertRowid } = act(this.#database.prepare(sql), values)
      queueMicrotask(() => done.call({ changes, lastID: lastInsertRowid }, null, rows))
    } catch (error) {
      queueMicrotask(() => done.call({}, error))
    }
  }
}
