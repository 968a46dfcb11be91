// One number that every open page shows. It can be counted up by any process that has the database file.
import { Broadcastable } from 'turbo-cable'
import { row } from './database.mjs'

export class Counter extends Broadcastable() {
  constructor({ id, value }) {
    super()
    this.id = id
    this.value = value
  }

  static current() {
    return new Counter(row('SELECT * FROM counters WHERE id = 1'))
  }

  /** Adds one, and shows it to everybody. Resolves to the counter as it is then. */
  static async increment() {
    const counter = new Counter(row('UPDATE counters SET value = value + 1 WHERE id = 1 RETURNING *'))
    await counter.broadcastReplaceTo('counter', { target: 'counter' })
    return counter
  }
}
