// A second process: counts up, and tells the servers' pages, over HTTP or by the Redis that they share.
//   node example-app/bin/increment.mjs          (PORT, SHOWCASE_DB and REDIS_URL as for the server)
import { fileURLToPath } from 'node:url'
import { configureBroadcasts } from 'turbo-cable'
import { Counter } from '../models/counter.mjs'
import { openDatabase } from '../models/database.mjs'
import { closeRedis, sharedEngine } from '../models/redis.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

configureBroadcasts({ views: here('../views'), viewEngine: 'ejs', engine: sharedEngine() })
const db = openDatabase(process.env.SHOWCASE_DB ?? here('../data/showcase.sqlite3'))
const { value } = await Counter.increment()
db.close()
closeRedis()
console.log(`The counter is ${value} now.`)
