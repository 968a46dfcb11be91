// Does nothing but write: no WebSocket library, no subscriptions, a frame made beforehand. What the generator counts here is
// what it can count at all, so that a peer's number below it is the peer's own. `?frames=16` writes 16 frames at once.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { frame } from '../../test/support/websocket.mjs'
import { serve } from './serve.mjs'

const sockets = new Set()
const message = frame(JSON.stringify({ type: 'message', stream: 's', data: 'x'.repeat(200) }), { masked: false })
const subscribed = frame('{"type":"subscribed","stream":"s"}', { masked: false })
const chunks = new Map()

const server = createServer((request, response) => {
  const count = Number(/frames=(\d+)/.exec(request.url)?.[1] ?? 1)
  const chunk = chunks.get(count) ?? Buffer.concat(Array.from({ length: count }, () => message))
  chunks.set(count, chunk)
  request.resume()
  for (const socket of sockets) socket.write(chunk)
  response.end('OK')
})

server.on('upgrade', (request, socket) => {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
  )
  socket.once('data', () => {
    socket.write(subscribed)
    sockets.add(socket)
  })
  socket.on('close', () => sockets.delete(socket))
  socket.on('error', () => socket.destroy())
})

await serve(server)
