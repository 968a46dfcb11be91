// A wire that counts what goes over it, both ways.

import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Between the hubs and the server of their engine. */
export class CountingProxy {
  bytes = 0
  #sockets = new Set()
  #server

  constructor(/** @type {number} */ to) {
    this.#server = createServer((near) => {
      const far = connect({ port: to, host: '127.0.0.1', noDelay: true })
      near.setNoDelay(true)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        this.#sockets.add(one)
        one?.on('data', (chunk) => {
          this.bytes += chunk.length
          other?.write(chunk)
        })
        one?.on('error', () => {})
        one?.on('close', () => {
          this.#sockets.delete(one)
          other?.destroy()
        })
      }
    })
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port
  }

  async close() {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
