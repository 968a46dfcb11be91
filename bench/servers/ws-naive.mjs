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

new WebSocketServer({ server, path: '/cable' }).on('connection', (client) => {
  const joined = new Set()
  client.on('message', (text) => {
    const { type, stream } = JSON.parse(text)
    if (type !== 'subscribe') return
    joined.add(stream)
    streams.join(stream, client)
    client.send(JSON.stringify({ type: 'subscribed', stream }))
  })
  client.on('close', () => {
    for (const stream of joined) streams.leave(stream, client)
  })
})

await serve(server)
