// The network of a client's machine, which can be unplugged.

import { WebSocket } from 'ws'

export class Plug {
  #connected = true
  readonly #sockets = new Set<WebSocket>()
  /** The class of the sockets that go through this plug. */
  readonly WebSocket: new (
    url: string,
    protocols?: string | string[],
  ) => WebSocket

  /** With `ports` each socket goes to one of them, whatever its URL says. */
  constructor(ports: readonly number[] = []) {
    const connected = () => this.#connected
    const sockets = this.#sockets
    this.WebSocket = class extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        const place = new URL(url)
        if (ports.length > 0) place.port = `${ports[Math.floor(Math.random() * ports.length)]}`
        // Port 1 refuses: what a connect comes to without a network.
        super(connected() ? place : 'ws://127.0.0.1:1/', protocols)
        sockets.add(this)
        this.on('error', () => {})
        this.on('close', () => sockets.delete(this))
      }
    }
  }

  /** Every socket ends without a close, and no other can be had. */
  pull(): void {
    this.#connected = false
    for (const socket of this.#sockets) socket.terminate()
  }

  push(): void {
    this.#connected = true
  }
}
