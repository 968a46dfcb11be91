// A WebSocket client on a bare TCP socket, for benches: it reads no more of a message than it must, or, as a slow one, no more
// bytes a second than it is told.

import { connect, Socket } from 'node:net'
import { eachFrame, frame, handshake } from '../../test/support/websocket.mjs'
import { now } from './reliability-clock.mts'

const subscribe = (stream: string) => frame(JSON.stringify({ type: 'subscribe', stream, cursor: null }))

/** Calls `took` with the milliseconds from send to receipt of each message. */
export class QuickReader {
  readonly #socket: Socket
  readonly #took: (delay: number) => void
  #rest: Buffer = Buffer.alloc(0)
  #upgraded = false
  subscribed = false
  closed = false

  constructor(port: number, stream: string, took: (delay: number) => void) {
    this.#took = took
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.write(handshake())
    this.#socket.write(subscribe(stream))
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.closed = true
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const at = this.#upgraded ? 0 : this.#afterHead(bytes)
    const next = eachFrame(bytes, at, bytes.length, (opcode, start, end) =>
      this.#take(bytes.subarray(start, end), opcode === 9),
    )
    this.#rest = bytes.subarray(next)
  }

  #afterHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    this.#upgraded = end >= 0
    return this.#upgraded ? end + 4 : bytes.length
  }

  #take(payload: Buffer, ping: boolean): void {
    if (ping) {
      this.#socket.write(frame('', { first: 0x8a }))
      return
    }
    const start = payload.toString('latin1', 0, 96)
    const at = start.indexOf('"at":')
    if (at >= 0) this.#took(now() - Number.parseFloat(start.slice(at + 5)))
    else if (start.startsWith('{"type":"subscribed"')) this.subscribed = true
  }
}

/** Reads `pace` bytes a second, whatever is sent to it. */
export class SlowReader {
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  readonly #streams: readonly string[]
  #said = ''
  read = 0
  subscribed = false

  constructor(port: number, streams: readonly string[], pace: number) {
    this.#streams = streams
    this.#socket = new Socket({ readableHighWaterMark: 1_024, highWaterMark: 1_024 } as object)
    this.#socket.connect(port, '127.0.0.1')
    this.#socket.write(handshake())
    for (const stream of streams) this.#socket.write(subscribe(stream))
    // A listener that takes nothing keeps the socket paused: it fills its own small buffer, and then the kernel's.
    this.#socket.on('readable', () => {
      if (!this.subscribed) this.#take(1_024)
    })
    this.#socket.on('error', () => {})
    this.#timer = setInterval(() => this.#take(pace), 1_000)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
  }

  #take(bytes: number): void {
    const chunk: Buffer | null = this.#socket.read(Math.min(bytes, this.#socket.readableLength)) ?? null
    if (!chunk) return
    this.read += chunk.length
    if (this.subscribed) return
    this.#said += chunk.toString('latin1')
    this.subscribed = this.#said.split('"subscribed"').length > this.#streams.length
  }
}
