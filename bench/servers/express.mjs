// A bare Express app, with or without a cable: what an idle process costs.

import { createServer } from 'node:http'
import express from 'express'
import { config } from '../support/child.mjs'
import { serve } from './serve.mjs'

const app = express()
if (config().cable) {
  const { turboCable } = await import('../../dist/src/index.mjs')
  app.use(turboCable({ publicStreams: true }))
}
app.get('/', (_request, response) => {
  response.send('hello')
})
await serve(createServer(app))
