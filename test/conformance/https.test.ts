// The suite over https.createServer(…, app).

import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import express from 'express'
import { turboCable } from '../../src/index.ts'
import { listening } from '../support/with-cable.ts'
import { cableTests } from './cable-tests.ts'

// A certificate for localhost that nobody else trusts; fetch() is told so for this process alone.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
const key = readFileSync(new URL('../support/localhost.key', import.meta.url))
const cert = readFileSync(new URL('../support/localhost.crt', import.meta.url))

cableTests('https', (options) => {
  const cable = turboCable(options)
  const app = express()
  app.use(cable)
  app.use((_request, response) => {
    response.status(404).send('the app')
  })
  const server = Object.assign(createServer({ key, cert }, app), { cert: true })
  return listening(server, cable, 'https')
})
