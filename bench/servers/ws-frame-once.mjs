// ws used as well as it can be without gathering: the frame is built once, and the same bytes are written to each socket.

import { createServer } from 'node:http'
import { Sender, WebSocketServer } from 'ws'
import { Streams, serve, takesPosts } from './serve.mjs'

const streams = new Streams()
const frameOptions = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false }

const server = createServer(
  takesPosts((stream, data) => {
    const text = JSON.stringify({ type: 'message', stream, data })
    const frame = Buffer.concat(Sender.frame(Buffer.from(text), frameOptions))
    for (const socket of streams.of(stream)) socket.write(frame)
  }),
)
const wss = new WebSocketServer({ noServer: true, clientTracking: false })

server.on('upgrade', (request, socket, head) => {
  wss.handleUpgrade(request, socket, head, (client) => streams.admit(client, socket))
})

await serve(server)
