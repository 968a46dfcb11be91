// One number that every open page shows. It can be counted up by any process that has the database file, or the Redis.
import { Broadcastable } from 'turbo-cable'
import { row } from './database.mjs'
import { sharedRedis } from './redis.mjs'

export class Counter extends Broadcastable() {
  constructor({ id, value }) {
    super()
    this.id = id
    this.value = value
  }

  static async current() {
    const redis = sharedRedis()
    return redis ? Counter.of(Number(await redis.get(key))) : new Counter(row('SELECT * FROM counters WHERE id = 1'))
  }

  static of(value) {
    return new Counter({ id: 1, value })
  }

  /** Adds one, and shows it to everybody. Resolves to the counter as it was made by that. */
  static async increment() {
    const added = await Counter.#added()
    let shown = added
    await shown.broadcastReplaceTo('counter', { target: 'counter' })
    // Another process may have counted on and told of it before this one did: what is shown last must be what is.
    for (let now = await Counter.current(); now.value !== shown.value; now = await Counter.current()) {
      shown = now
      await shown.broadcastReplaceTo('counter', { target: 'counter' })
    }
    return added
  }

  // One step, whoever else counts.
  static async #added() {
    const redis = sharedRedis()
    if (redis) return Counter.of(await redis.incr(key))
    return new Counter(row('UPDATE counters SET value = value + 1 WHERE id = 1 RETURNING *'))
  }
}

const key = 'showcase:counter'
