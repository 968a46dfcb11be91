// A network between a client and a server that a test can cut, or make swallow everything without a word.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #refusing = false
  #refused = 0

  private constructor(target: number) {
    this.#server = createServer((near) => {
      near.on('error', () => {})
      if (this.#refusing) {
        this.#refused++
        near.destroy()
        return
      }
      const far = connect(target, '127.0.0.1')
      const pair = [near, far] as const
      this.#pairs.add(pair)
      far.on('error', () => {})
      near.on('close', () => far.destroy())
      far.on('close', () => {
        near.destroy()
        this.#pairs.delete(pair)
      })
      near.pipe(far).pipe(near)
    })
  }

  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Connections there are now. */
  get size(): number {
    return this.#pairs.size
  }

  /** Connections that were cut at once. */
  get refused(): number {
    return this.#refused
  }

  /** Whether new connections are cut at once. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing
  }

  /** Cuts all there is, both ways and without a goodbye. */
  async cut(): Promise<void> {
    const closed = [...this.#pairs].map(([, far]) => once(far, 'close'))
    for (const [near] of this.#pairs) near.resetAndDestroy()
    await Promise.all(closed)
  }

  /** From now on nothing of what there is goes through, and nobody is told. New connections work. */
  swallow(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.resume()
      far.resume()
    }
  }

  async close(): Promise<void> {
    await this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}
