// An app with presence, for a test to run in several processes: it prints its port, and each change that it is told.

const express = require('express')
const { broadcastUpdateTo, turboCable } = require('../../../dist/src/index.js')

const app = express()
const cable = turboCable({
  authenticate: ({ headers }) => ({ id: headers['x-user'], password: 'secret' }),
  presence: { streams: true, grace: 1_000, info: ({ id }) => ({ name: id.toUpperCase() }) },
  onPresence: async ({ stream, identity, joined, present }) => {
    console.log(`told ${joined ? '+' : '-'}${identity.id}`)
    await broadcastUpdateTo(stream, { target: 'people', text: present.map(({ info }) => info.name).join() })
  },
})
app.use(cable)
app.get('/people', async (_request, response) => {
  response.json((await cable.presence('room')).map(({ id }) => id))
})
const server = app.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
process.once('SIGTERM', () => cable.shutdown(server, { timeout: 2_000 }))
