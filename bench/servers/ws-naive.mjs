// What one writes first with ws: a set of clients per stream, and `client.send(text)` to each.

import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { Streams, serve, takesPosts } from './serve.mjs'

const streams = new Streams()

const server = createServer(
  takesPosts((stream, data) => {
    const text = JSON.stringify({ type: 'message', stream, data })
    for (const client of streams.of(stream)) client.send(text)
  }),
)

new WebSocketServer({ server, path: '/cable' }).on('connection', (client) => streams.admit(client))

await serve(server)
