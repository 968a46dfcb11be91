import { configureBroadcasts } from 'turbo-cable'
import { importRows } from './import-job.mjs'

configureBroadcasts({ views: 'views', viewEngine: 'ejs' })

const [id, rows] = process.argv.slice(2)
await importRows(id, rows.split(','), async () => {}) // here a row would go into the database
