// Gives an upgrade request that nobody takes back to the app: h2c from Java's HttpClient or curl, a WebSocket to an unknown path.
// By RFC 9110 §7.8 it is then an ordinary request. Node does this by itself only for a server without an `upgrade` listener.

import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Lets the app answer an upgrade request as an ordinary one. `head` is what Node has read behind the request's headers. */
export function giveBack(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const deliversItsBody = !request.complete || request.readableLength > 0
  if (deliversItsBody) answer(server, request, socket)
  else reinject(server, request, socket, head)
}

// Node has let go of the socket before it read the body. So the request is put back in front of it, without the headers that ask
// for an upgrade, and the server gets the socket as a new connection. It parses the body as any other and keeps the connection.
function reinject(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] as string
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

// In newer versions of Node (26) the request delivers its body by itself. Then it needs only a response.
function answer(server: Server, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  // ServerResponse does nothing with it that another Duplex could not do.
  response.assignSocket(socket as typeof request.socket)
  response.on('finish', () => {
    response.detachSocket(socket as typeof request.socket)
    socket.end()
  })
  server.emit('request', request, response)
}
