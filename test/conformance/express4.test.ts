// The suite over Express 4, mounted below a path, app.listen().

import { once } from 'node:events'
import type { Server } from 'node:http'
import type Express from 'express'
import express4 from 'express4'
import { turboCable } from '../../src/index.ts'
import { portOf } from '../support/http-server.ts'
import { cableTests } from './cable-tests.ts'

cableTests('Express 4 below /realtime', async (options) => {
  const cable = turboCable(options)
  // Express 4 has the same types for what is used here.
  const app = (express4 as unknown as typeof Express)()
  app.use('/realtime', cable)
  app.use((_request, response) => {
    response.status(404).send('the app')
  })
  const server: Server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  return { cable, server, port, origin: `http://127.0.0.1:${port}`, mount: '/realtime' }
})
