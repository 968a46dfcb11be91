// An upgrade that nobody takes (h2c from Java's HttpClient or curl, a WebSocket to an unknown path) goes back to the app as
// the ordinary request that RFC 9110 §7.8 says it is. Once a server has an `upgrade` listener, Node no longer does this.

import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Lets the app answer an upgrade request as if it had not asked for an upgrade. */
export function giveBack(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const deliversItsBody = !request.complete || request.readableLength > 0
  if (deliversItsBody) answer(server, request, socket)
  else reinject(server, request, socket, head)
}

// Node has let go of the socket and not read the body: the socket is given to the server anew, the request before it,
// without the wish to upgrade. So the body is parsed as any other, and the connection stays usable afterwards.
function reinject(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] as string
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[index + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

// Newer Nodes (26) let the request deliver its body like that of any other: then only an answer is missing.
function answer(server: Server, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  // ServerResponse only writes to it, as it would to a socket.
  response.assignSocket(socket as typeof request.socket)
  response.on('finish', () => {
    response.detachSocket(socket as typeof request.socket)
    socket.end()
  })
  server.emit('request', request, response)
}
