// This package, on a bare http server as its peers are here, or in an Express app with the cable before its routes.

import { createServer } from 'node:http'
import express from 'express'
import { turboCable } from '../../dist/src/index.mjs'
import { config } from '../support/child.mjs'
import { serve } from './serve.mjs'

const { options, inExpress } = config()
const cable = turboCable({ publicStreams: true, localBroadcasts: true, limits: { connections: 100_000 }, ...options })
const server = createServer(inExpress ? express().use(cable) : bare)
if (!inExpress) cable.attach(server)
await serve(server, { stats: () => cable.stats() })

function bare(request, response) {
  cable(request, response, () => response.writeHead(404).end())
}
