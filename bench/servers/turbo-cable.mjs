// This package as its users run it: an Express app with the cable before its routes.

import { createServer } from 'node:http'
import express from 'express'
import { turboCable } from '../../dist/src/index.mjs'
import { config } from '../support/child.mjs'
import { serve } from './serve.mjs'

const { options } = config()
const app = express()
const cable = turboCable({ publicStreams: true, limits: { connections: 100_000 }, ...options })
app.use(cable)
await serve(createServer(app), { stats: () => cable.stats() })
