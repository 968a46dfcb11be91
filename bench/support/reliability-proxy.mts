// A TCP proxy between clients and the server that cuts connections as networks do: both ends at once and without a word.
// A client says who it is in its URL, `/cable?client=7`.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class CutProxy {
  readonly #server = createServer((socket) => this.#meet(socket))
  readonly #target: number
  readonly #pairs = new Map<string, Set<Socket>>()
  readonly #offline = new Set<string>()

  constructor(target: number) {
    this.#target = target
  }

  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Resets what the client has, and whatever it tries until `restore`. */
  cut(client: string): void {
    this.#offline.add(client)
    for (const socket of this.#pairs.get(client) ?? []) socket.resetAndDestroy()
  }

  restore(client: string): void {
    this.#offline.delete(client)
  }

  async stop(): Promise<void> {
    for (const sockets of this.#pairs.values()) for (const socket of sockets) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #meet(near: Socket): void {
    near.setNoDelay(true)
    near.on('error', () => {})
    near.once('data', (head: Buffer) => {
      const client = /[?&]client=(\w+)/.exec(head.toString('latin1'))?.[1] ?? ''
      if (this.#offline.has(client)) near.resetAndDestroy()
      else this.#join(client, near, head)
    })
  }

  #join(client: string, near: Socket, head: Buffer): void {
    const far = connect({ port: this.#target, host: '127.0.0.1', noDelay: true })
    const sockets = this.#pairs.get(client) ?? new Set()
    this.#pairs.set(client, sockets.add(near).add(far))
    far.on('error', () => {})
    far.write(head)
    near.pipe(far)
    far.pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  }
}
