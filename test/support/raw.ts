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
