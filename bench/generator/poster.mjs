// One kept-alive HTTP connection that posts, one request at a time.

import { connect } from 'node:net'

const sequenceDigits = 8
/** Comes before a message's number; nothing else in a message has it. */
export const sequenceMark = '~'

/** The bytes of a POST of `{stream, data}` with 200 bytes of data that carry a number. */
export function postRequest({ port, path, stream }, sequence = 0) {
  const number = String(sequence).padStart(sequenceDigits, '0')
  const html = `<turbo-stream action="append" target="list"><template><p>${sequenceMark}${number} `
  const tail = '</p></template></turbo-stream>'
  const data = html + 'x'.repeat(200 - html.length - tail.length) + tail
  const body = JSON.stringify({ stream, data })
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** The number in a message whose mark is at `mark`. */
export function sequenceAt(bytes, mark) {
  let number = 0
  for (let at = mark + 1; at <= mark + sequenceDigits; at++) number = number * 10 + bytes[at] - 48
  return number
}

export class Poster {
  /** Resolves once connected. */
  opened
  #socket
  #answer = ''
  #resolve
  #reject

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text) => this.#read(text))
    this.opened = new Promise((resolve, reject) => {
      this.#reject = reject
      this.#socket.on('connect', resolve)
    })
    this.#socket.on('error', (error) => this.#reject(error))
    this.#socket.on('close', () => this.#reject(new Error('the connection of a POST was closed')))
  }

  /** Resolves when the server has answered 2xx. */
  post(request) {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(request)
    })
  }

  close() {
    this.#socket.resetAndDestroy()
  }

  #read(text) {
    this.#answer += text
    const blank = this.#answer.indexOf('\r\n\r\n')
    if (blank === -1) return
    const length = Number(/content-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0)
    if (this.#answer.length < blank + 4 + length) return
    const [, status] = this.#answer.split(' ', 2)
    this.#answer = ''
    if (status.startsWith('2')) this.#resolve()
    else this.#reject(new Error(`a POST was answered ${status}`))
  }
}
