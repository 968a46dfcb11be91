// A WebSocket as a transport, over a real socket, with ws as the client.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import type { TransportDelegate } from '../../../src/transport/transport.ts'
import { CableSocket, WebSocketTransport } from '../../../src/transport/websocket.ts'
import { textFrame } from '../../../src/transport/websocket-framing.ts'
import { whileServing } from '../../support/http-server.ts'

interface Pair {
  readonly transport: WebSocketTransport
  readonly client: WebSocket
  /** What the delegate was told, in order. */
  readonly told: string[]
  /** Resolves when it is told something that starts with this. */
  hears(start: string): Promise<void>
}

async function connected(run: (pair: Pair) => Promise<void>): Promise<void> {
  const wss = new WebSocketServer({ noServer: true, maxPayload: 100, WebSocket: CableSocket })
  const server = createServer()
  const told: string[] = []
  const waiting: { start: string; resolve: () => void }[] = []
  const tell = (what: string) => {
    told.push(what)
    for (const { start, resolve } of waiting) if (what.startsWith(start)) resolve()
  }
  const delegate: TransportDelegate = {
    received: (text) => tell(`received ${text}`),
    heard: () => tell('heard'),
    closed: () => tell('closed'),
  }
  const transported = new Promise<WebSocketTransport>((resolve) => {
    server.on('upgrade', (request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (ws) => {
        const transport = new WebSocketTransport(ws as CableSocket, socket)
        transport.start(delegate)
        resolve(transport)
      }),
    )
  })
  await whileServing(server, async (port) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    client.on('error', () => {})
    try {
      await once(client, 'open')
      const hears = (start: string) =>
        told.some((what) => what.startsWith(start))
          ? Promise.resolve()
          : new Promise<void>((resolve) => waiting.push({ start, resolve }))
      await run({ transport: await transported, client, told, hears })
    } finally {
      client.terminate()
    }
  })
}

describe('WebSocketTransport', () => {
  it('hands on texts, and takes binary messages, pings and pongs for signs of life', () =>
    connected(async ({ client, told, hears }) => {
      client.ping()
      client.pong()
      client.send(Buffer.from('binary'))
      client.send('text')
      await hears('received')
      assert.deepEqual(told, ['heard', 'heard', 'heard', 'received text'])
    }))

  it('writes frames as they are, several in one, in order', () =>
    connected(async ({ transport, client }) => {
      const texts: string[] = []
      client.on('message', (data) => texts.push(data.toString()))
      transport.cork()
      transport.write(Buffer.concat([textFrame('one'), textFrame('two')]))
      transport.write(textFrame('three'))
      assert.ok(transport.pending > 0, 'corked')
      transport.uncork()
      client.ping()
      await once(client, 'pong')
      assert.deepEqual(texts, ['one', 'two', 'three'])
      assert.equal(transport.framing.name, 'websocket')
    }))

  it('ends with its last frames, a code and a reason, and writes nothing after that', () =>
    connected(async ({ transport, client, hears, told }) => {
      const texts: string[] = []
      client.on('message', (data) => texts.push(data.toString()))
      const closed = once(client, 'close')
      assert.equal(transport.open, true)
      transport.end(textFrame('farewell'), 1012, 'restart')
      assert.equal(transport.open, false)
      transport.write(textFrame('too late'))
      const [code, reason] = await closed
      assert.deepEqual([code, String(reason), texts], [1012, 'restart', ['farewell']])
      await hears('closed')
      assert.equal(told.filter((what) => what === 'closed').length, 1)
    }))

  it('writes nothing after the client has said that it closes', () =>
    connected(async ({ transport, client, hears }) => {
      client.close(1000)
      await hears('closed')
      assert.equal(transport.open, false)
      transport.write(textFrame('too late'))
    }))

  it('tells of the end once when it is destroyed', () =>
    connected(async ({ transport, client, hears, told }) => {
      const closed = once(client, 'close')
      transport.destroy()
      await hears('closed')
      const [code] = await closed
      assert.deepEqual([code, told], [1006, ['closed']])
    }))

  it('survives a frame that is too large, which ends the connection with 1009', () =>
    connected(async ({ client, hears }) => {
      const closed = once(client, 'close')
      client.send('x'.repeat(101))
      assert.equal((await closed)[0], 1009)
      await hears('closed')
    }))
})
