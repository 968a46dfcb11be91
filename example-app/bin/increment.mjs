// A second process: counts up in the database, and tells the server's pages over HTTP.
//   node example-app/bin/increment.mjs          (PORT and SHOWCASE_DB as for the server)
import { fileURLToPath } from 'node:url'
import { configureBroadcasts } from 'turbo-cable'
import { Counter } from '../models/counter.mjs'
import { openDatabase } from '../models/database.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

configureBroadcasts({ views: here('../views'), viewEngine: 'ejs' })
const db = openDatabase(process.env.SHOWCASE_DB ?? here('../data/showcase.sqlite3'))
const { value } = await Counter.increment()
db.close()
console.log(`The counter is ${value} now.`)
