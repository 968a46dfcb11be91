// A WebSocket server that says only what the test tells it to, and a connection to it with a fake clock.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { type Connection, type ConnectionOptions, createConnection } from '../../../client/connection.ts'
import type { Message } from '../../../client/protocol.ts'
import type { Listener } from '../../../client/subscriptions.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { Queue } from '../../support/queue.ts'

type Frame = { type: string; stream?: string; cursor?: string | null; connection?: string }

/** One accepted socket, seen from the server. */
export class Peer {
  readonly socket: WebSocket
  readonly #frames = new Queue<Frame>()

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.#frames.push(JSON.parse(String(data))))
  }

  next(): Promise<Frame> {
    return this.#frames.next()
  }

  send(...values: unknown[]): void {
    for (const value of values) this.socket.send(JSON.stringify(value))
  }

  /** Sends a ping and waits for the pong: whatever was sent before has then been taken. Fails on any other frame. */
  async settle(cursor?: string): Promise<void> {
    this.send({ type: 'ping', cursor })
    const frame = await this.next()
    if (frame.type !== 'pong') throw new Error(`Expected nothing but a pong, got ${JSON.stringify(frame)}`)
  }
}

export interface Heard extends Listener {
  messages: Message[]
  changes: string[]
}

/** A listener that writes down what it is told. */
export function listener(cursor: string | null = null, deliver?: (message: Message) => void): Heard {
  const heard: Heard = {
    cursor,
    waiting: true,
    messages: [],
    changes: [],
    deliver: deliver ?? ((message) => heard.messages.push(message)),
    notify: (change, reason) => heard.changes.push(reason ? `${change} ${reason}` : change),
    moved: (lost) => lost && heard.changes.push('lost'),
  }
  return heard
}

export interface Bench {
  clock: FakeClock
  connection: Connection
  gaps: [string, number | undefined][]
  errors: unknown[]
  /** The next socket that reaches the server. */
  accepted(): Promise<Peer>
  /** How many sockets have reached the server so far. */
  count(): number
  /** Cuts a peer off and resolves when the client has noticed. */
  cut(peer: Peer): Promise<void>
}

export async function withServer(
  run: (bench: Bench) => Promise<void>,
  options: Partial<ConnectionOptions> = {},
): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const peers = new Queue<Peer>()
  let count = 0
  server.on('connection', (socket) => {
    count += 1
    peers.push(new Peer(socket))
  })
  const closed = new Queue<true>()
  class WatchedSocket extends WebSocket {
    constructor(url: string) {
      super(url)
      this.on('close', () => setImmediate(() => closed.push(true)))
    }
  }
  const clock = new FakeClock()
  const gaps: [string, number | undefined][] = []
  const errors: unknown[] = []
  const connection = createConnection(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    WebSocket: WatchedSocket,
    clock,
    random: () => 0.5,
    id: 'page-1',
    gap: (stream, spread) => gaps.push([stream, spread]),
    report: (error) => errors.push(error),
    ...options,
  })
  try {
    await run({
      clock,
      connection,
      gaps,
      errors,
      accepted: () => peers.next(),
      count: () => count,
      async cut(peer) {
        peer.socket.terminate()
        await closed.next()
      },
    })
  } finally {
    connection.suspend()
    for (const socket of server.clients) socket.terminate()
    await new Promise((resolve) => server.close(resolve))
  }
}
