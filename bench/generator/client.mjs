// One subscriber: a TCP socket that reads into a buffer shared by all, and counts what it gets.

import { connect } from 'node:net'
import { eachFrame, frame, handshake } from '../../test/support/websocket.mjs'

// Larger than the kernel gives at once to a reader that keeps up.
const shared = Buffer.allocUnsafe(262_144)

/** A message carries 200 bytes of data; whatever is shorter is the protocol talking. */
export const smallestMessage = 200

const pong = frame('', { first: 0x8a })
const ping = 9
const close = 8

/**
 * Connects and subscribes. `delegate.delivered(bytes, start)` is called for each message, `delegate.read()` once per read,
 * `delegate.lost(why)` when the socket ends by itself.
 */
export class Client {
  #socket
  #wire
  #streams
  #delegate
  #ready
  #unconfirmed
  #upgraded = false
  #closed = false
  // What is left of a frame whose end has not come.
  #rest
  #frame = (opcode, start, end) => this.#took(opcode, start, end)
  #bytes = shared

  constructor({ port, wire, streams, delegate }, ready) {
    this.#wire = wire
    this.#streams = streams
    this.#delegate = delegate
    this.#ready = ready
    this.#unconfirmed = streams.length
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          this.#read(length)
          return true
        },
      },
    })
    this.#socket.on('connect', () => this.#socket.write(handshake({ Host: `127.0.0.1:${port}` }, wire.path)))
    this.#socket.on('error', (error) => this.#lost(error.message))
    this.#socket.on('close', () => this.#lost('closed'))
  }

  /** By a reset: thousands of sockets that close politely would keep their ports for a minute. */
  close() {
    this.#closed = true
    this.#socket.resetAndDestroy()
  }

  #read(length) {
    let end = length
    this.#bytes = shared
    if (this.#rest) {
      this.#bytes = Buffer.concat([this.#rest, shared.subarray(0, length)])
      end = this.#bytes.length
      this.#rest = undefined
    }
    const at = this.#upgraded ? 0 : this.#upgrade(end)
    const next = this.#upgraded ? eachFrame(this.#bytes, at, end, this.#frame) : at
    if (next < end) this.#rest = Buffer.from(this.#bytes.subarray(next, end))
    this.#delegate.read()
  }

  #upgrade(end) {
    const head = this.#bytes.subarray(0, end)
    const blank = head.indexOf('\r\n\r\n')
    if (blank === -1) return 0
    const status = head.toString('latin1', 9, 12)
    if (status !== '101') {
      this.#lost(`status ${status}`)
      return end
    }
    this.#upgraded = true
    this.#say(this.#wire.opened(this.#streams))
    return blank + 4
  }

  #took(opcode, start, end) {
    if (end - start >= smallestMessage) this.#delegate.delivered(this.#bytes, start)
    else if (opcode === ping) this.#socket.write(pong)
    else if (opcode === close) this.#lost('closed by the server')
    else this.#heard(this.#bytes.toString('utf8', start, end))
  }

  #heard(text) {
    if (this.#wire.subscribed(text) && --this.#unconfirmed === 0) this.#ready()
    this.#say(this.#wire.heard(text, this.#streams))
  }

  #say(texts) {
    if (texts.length > 0) this.#socket.write(Buffer.concat(texts.map((text) => frame(text))))
  }

  #lost(why) {
    if (this.#closed) return
    this.#closed = true
    this.#delegate.lost(why)
  }
}
