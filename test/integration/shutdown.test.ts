// cable.shutdown(server): ends in time, whatever strangers and the app itself hold open.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { WebSocketServer } from 'ws'
import { within } from '../../src/in-time.ts'
import { type Cable, type TurboCableOptions, turboCable } from '../../src/index.ts'
import { TestClient } from '../support/client.ts'
import { listen, shut } from '../support/http-server.ts'
import { Queue } from '../support/queue.ts'

interface App {
  readonly cable: Cable
  readonly server: Server
  readonly port: number
  /** The answers that the app was asked for and has not given. */
  readonly asked: Queue<ServerResponse>
  /** Sends bytes on a connection of their own. */
  send(bytes: string): Socket
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`

// An app that answers nothing by itself.
async function withApp(run: (app: App) => Promise<void>, options: TurboCableOptions = {}): Promise<void> {
  const cable = turboCable(options)
  const asked = new Queue<ServerResponse>()
  const server = createServer((request, response) => cable(request, response, () => asked.push(response)))
  cable.attach(server)
  const port = await listen(server)
  const sockets: Socket[] = []
  const send = (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.resume()
    socket.write(bytes)
    return socket
  }
  try {
    await run({ cable, server, port, asked, send })
  } finally {
    for (const socket of sockets) socket.destroy()
    await cable.close({ timeout: 0 })
    await shut(server)
  }
}

// Whether it ends, by far before what else would end it.
async function ends(ending: Promise<unknown>): Promise<boolean> {
  let ended = false
  const noted = ending.then(() => {
    ended = true
  })
  await within(5_000, noted)
  return ended
}

describe('cable.shutdown(server)', () => {
  it('ends, and writes its history, with an event stream that waits behind an answer which never comes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shutdown-'))
    const file = join(folder, 'history')
    try {
      await withApp(
        async ({ cable, server, send }) => {
          const socket = send(get('/never') + get('/cable/events?stream=s'))
          const closed = once(socket, 'close')
          while (cable.stats().connections === 0) await new Promise(setImmediate)
          await cable.broadcastJson('s', 1)
          assert.ok(await ends(cable.shutdown(server, { timeout: 300 })))
          await closed
          await access(file)
        },
        { history: { file } },
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('waits for no answer whose client has left, also where that one waited behind another', () =>
    withApp(async ({ cable, server, asked, send }) => {
      const socket = send(get('/first') + get('/next').repeat(20))
      const first = await asked.next()
      for (let n = 0; n < 20; n++) await asked.next()
      const gone = once(first, 'close')
      socket.destroy()
      await gone
      assert.ok(await ends(cable.shutdown(server, { timeout: 20_000 })))
    }))

  it('cuts off the WebSockets of the app', () =>
    withApp(async ({ cable, server, port }) => {
      const own = new WebSocketServer({ noServer: true })
      server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
        if (request.url === '/own') own.handleUpgrade(request, socket, head, () => {})
      })
      const client = await new TestClient(`ws://127.0.0.1:${port}/own`).opened()
      const gone = await ends(cable.shutdown(server, { timeout: 20_000 }))
      client.ws.terminate()
      assert.ok(gone)
    }))

  it('ends within its time also with a connection that it cannot know', () =>
    withApp(async ({ cable, server, send }) => {
      server.on('connect', (_request: IncomingMessage, socket: Socket) => {
        socket.on('end', () => socket.end())
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
      })
      const tunnel = send('CONNECT there:80 HTTP/1.1\r\nHost: there:80\r\n\r\n')
      await once(tunnel, 'data')
      assert.ok(await ends(cable.shutdown(server, { timeout: 300 })))
      assert.equal(tunnel.destroyed, false)
    }))
})
