// Bytes to a server and back, with no HTTP library in between that would refuse to send them.

import { connect } from 'node:net'

/**
 * Sends the bytes, ends its side, and resolves to all that came back once the server has closed too. Rejects when that
 * takes longer than `patience` ms: then the server hangs.
 */
export function exchange(port: number, bytes: Buffer, patience = 10_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    const late = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no end after ${patience} ms: ${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}`))
    }, patience)
    socket.on('data', (chunk) => received.push(chunk))
    // A reset is an end as well.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(late)
      resolve(Buffer.concat(received))
    })
  })
}

/** A client's WebSocket frame, as broken as one likes: `length` may lie. */
export function clientFrame({
  first = 0x81,
  payload = Buffer.alloc(0) as Uint8Array,
  masked = true,
  length = payload.length as number | bigint,
} = {}): Buffer {
  const head = [first & 0xff]
  const mark = masked ? 0x80 : 0
  const big = Buffer.alloc(8)
  if (length < 126) head.push(mark | Number(length))
  else if (length < 65_536) head.push(mark | 126, Number(length) >> 8, Number(length) & 0xff)
  else {
    big.writeBigUInt64BE(BigInt(length))
    head.push(mark | 127, ...big)
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), masked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

/** A good WebSocket handshake; lines may be added. */
export function handshake(...lines: string[]): Buffer {
  const all = [
    'GET /cable HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...lines,
  ]
  return Buffer.from(`${all.join('\r\n')}\r\n\r\n`, 'latin1')
}
