// A network between clients and a server that can be cut, refuse, or swallow everything without a word. A client may say who
// it is in its URL, `/cable?client=7`, so that it can be cut off alone.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

interface Pair {
  client: string | undefined
  readonly near: Socket
  readonly far: Socket
  /** Neither end hears of the other any more. */
  swallowed: boolean
}

export class TcpProxy {
  readonly #server = createServer((near) => this.#meet(near))
  readonly #target: number
  readonly #pairs = new Set<Pair>()
  readonly #offline = new Set<string>()
  #refusing = false
  #refused = 0

  private constructor(target: number) {
    this.#target = target
  }

  /** A proxy to this port, which listens. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections were refused. */
  get refused(): number {
    return this.#refused
  }

  /** From now on new connections are refused, or are not. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing
  }

  /** Cuts all there is, both ways and without a goodbye. New connections work. */
  async cut(): Promise<void> {
    await Promise.all([...this.#pairs].map(cutPair))
  }

  /** Cuts what one client has, and whatever it tries until `restore`. */
  cutOff(client: string): void {
    this.#offline.add(client)
    for (const pair of this.#pairs) if (pair.client === client) void cutPair(pair)
  }

  restore(client: string): void {
    this.#offline.delete(client)
  }

  /**
   * From now on nothing of what there is goes through, and nobody is told. New connections work. Resolves when the server
   * has given up each of them.
   */
  async swallow(): Promise<void> {
    const pairs = [...this.#pairs]
    for (const pair of pairs) {
      const { near, far } = pair
      pair.swallowed = true
      near.unpipe(far)
      far.unpipe(near)
      near.resume()
      far.resume()
    }
    await Promise.all(pairs.map(({ far }) => Promise.race([event(far, 'end'), closed(far)])))
  }

  async close(): Promise<void> {
    await this.cut()
    const ended = once(this.#server, 'close')
    this.#server.close()
    await ended
  }

  #meet(near: Socket): void {
    near.setNoDelay(true)
    near.on('error', () => {})
    if (this.#refusing) {
      this.#refused++
      reset(near)
      return
    }
    const far = connect({ port: this.#target, host: '127.0.0.1', noDelay: true })
    far.on('error', () => {})
    const pair: Pair = { client: undefined, near, far, swallowed: false }
    this.#pairs.add(pair)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => {
        if (!pair.swallowed) other.destroy()
        if (other.closed) this.#pairs.delete(pair)
      })
    }
    // Some servers speak first.
    far.pipe(near)
    near.once('data', (head: Buffer) => this.#join(pair, head))
  }

  // Who it is stands in the first bytes.
  #join(pair: Pair, head: Buffer): void {
    const { near, far } = pair
    pair.client = /[?&]client=(\w+)/.exec(head.toString('latin1'))?.[1]
    if (pair.client !== undefined && this.#offline.has(pair.client)) return void cutPair(pair)
    far.write(head)
    near.pipe(far)
  }
}

async function cutPair({ near, far }: Pair): Promise<void> {
  reset(near)
  reset(far)
  await closed(far)
}

// Node never closes a socket that is reset while its end is on the way, and its process never ends.
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

function closed(socket: Socket): Promise<unknown> {
  return socket.closed ? Promise.resolve() : event(socket, 'close')
}

// Unlike `once` of node:events it does not reject at an error: a cut is one.
function event(socket: Socket, name: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(name, resolve))
}
