// The sockets of a server whose upgrades somebody else has taken, as a WebSocket server of the app's own does. The server no longer
// knows them: its closeAllConnections() leaves them open, and its end waits for theirs.

import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

const sockets = new WeakMap<Server, Set<Duplex>>()

/** Keeps a socket in mind until it closes. */
export function noteForeign(server: Server, socket: Duplex): void {
  const all = sockets.get(server) ?? new Set()
  sockets.set(server, all.add(socket))
  socket.once('close', () => all.delete(socket))
}

/** Cuts off those that are still open. */
export function cutOffForeign(server: Server): void {
  for (const socket of sockets.get(server) ?? []) socket.destroy()
}
