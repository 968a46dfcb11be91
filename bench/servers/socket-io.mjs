// socket.io with its rooms, over WebSocket only.

import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { serve, takesPosts } from './serve.mjs'

const server = createServer(
  takesPosts((stream, data) => {
    io.to(stream).emit('message', { stream, data })
  }),
)
const io = new Server(server, { transports: ['websocket'], serveClient: false })

io.on('connection', (socket) => {
  socket.on('subscribe', (stream) => {
    socket.join(stream)
    socket.emit('subscribed', stream)
  })
})

await serve(server)
