// A server of a test's own: on a free port while the test runs, and gone with all its connections afterwards.

import { type EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server, here or in another process: it emits `close` once it is closed. */
export interface Closing extends EventEmitter {
  readonly listening?: boolean
  close(): unknown
  closeAllConnections(): void
}

/** Listens, on a free port where none is given; resolves to the port. */
export async function listen(server: Server, { port = 0, host = '127.0.0.1' } = {}): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  return portOf(server)
}

/** The port that a server listens on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** Closes the server and whatever it has; resolves when it is closed. */
export async function shut(server: Closing): Promise<void> {
  if (server.listening === false) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** Serves while `run` runs. */
export async function whileServing(server: Server, run: (port: number) => Promise<void>): Promise<void> {
  const port = await listen(server)
  try {
    await run(port)
  } finally {
    await shut(server)
  }
}

/**
 * A port that nobody listens at now, and that the system gives to nobody who asks for any: the program that is to have it may take
 * its time to listen. (Linux gives those from 32768 on.)
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    const server = createServer()
    try {
      await listen(server, { port })
      return port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    } finally {
      await shut(server)
    }
  }
}
