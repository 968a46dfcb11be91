// The TCP sockets of a connection. The client leaves one open where a server takes it and then says nothing, and waits for one that
// stalls before it closes it: so they are noted when they are made, and destroyed.

import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

const made = new AsyncLocalStorage<Set<Socket>>()
let listening = false

/** Runs something that connects. Resolves to what came of it, and a function that destroys its sockets; destroys them if it rejects. */
export async function withSockets<Result>(connect: () => Promise<Result>): Promise<[Result, () => void]> {
  if (!listening) subscribe('net.client.socket', (message) => note((message as { socket: Socket }).socket))
  listening = true
  const sockets = new Set<Socket>()
  const destroy = () => {
    for (const socket of sockets) socket.destroy()
  }
  try {
    return [await made.run(sockets, connect), destroy]
  } catch (error) {
    destroy()
    throw error
  }
}

function note(socket: Socket): void {
  const sockets = made.getStore()
  if (!sockets) return
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
}
