// The Showcase: one Express app, eight ways to keep open pages up to date. Its files are .mjs and there is no package.json
// beside them on purpose: so Node resolves 'turbo-cable' to the package around this folder, built but not installed.
import { fileURLToPath } from 'node:url'
import express from 'express'
import { turboCable } from 'turbo-cable'
import { Jobs } from './jobs/jobs.mjs'
import { openDatabase, secret } from './models/database.mjs'
import { closeRedis, sharedEngine } from './models/redis.mjs'
import { Network } from './network.mjs'
import { rights } from './rights.mjs'
import { commandRuns } from './routes/command-runs.mjs'
import { configUpdates } from './routes/config-updates.mjs'
import { counter } from './routes/counter.mjs'
import { failed, missing } from './routes/errors.mjs'
import { heats } from './routes/heats.mjs'
import { home } from './routes/home.mjs'
import { playlists } from './routes/playlists.mjs'
import { replays } from './routes/replays.mjs'
import { rooms } from './routes/rooms.mjs'
import { scores } from './routes/scores.mjs'
import { source } from './routes/source.mjs'
import { words } from './routes/words.mjs'
import { security } from './security.mjs'
import { visitor } from './visitor.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Builds the app on a database file. `pace` is the pause between two steps of a job, in milliseconds; `cable` holds
 * options of turboCable(). Returns `{ app, cable, close }`; close() stops the jobs, the cable and the database.
 */
export function createApp({ database = here('data/showcase.sqlite3'), pace = 300, cable: options = {} } = {}) {
  const db = openDatabase(database)
  const jobs = new Jobs({ pace })
  const network = new Network()
  const cable = turboCable({ engine: sharedEngine(), ...rights({ secret: secret(), network }), ...options })
  const app = express()

  app.disable('x-powered-by')
  app.set('views', here('views'))
  app.set('view engine', 'ejs')

  app.use(cable)
  app.use(security)
  app.use(express.static(here('public')))
  app.use(express.urlencoded({ extended: false }))
  app.use(visitor)

  app.use('/', home())
  app.use('/counter', counter())
  app.use('/heats', heats())
  app.use('/scores', scores())
  app.use('/config', configUpdates(jobs))
  app.use('/playlists', playlists(jobs))
  app.use('/commands', commandRuns(jobs))
  app.use('/words', words(jobs))
  app.use('/chat', rooms(cable))
  app.use('/replay', replays(jobs, network))
  app.use('/source', source())
  app.use(missing)
  app.use(failed)

  return {
    app,
    cable,
    async close() {
      await jobs.close()
      await cable.close({ timeout: 1000 })
      closeRedis()
      db.close()
    },
  }
}
