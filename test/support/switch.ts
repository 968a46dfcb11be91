// One address that leads to a port, and from some moment on to another: as a name does whose server has failed over.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class Switch {
  readonly #server = createServer((near) => this.#meet(near))
  readonly #open = new Set<Socket>()
  #target: number

  private constructor(target: number) {
    this.#target = target
  }

  static async to(target: number): Promise<Switch> {
    const made = new Switch(target)
    await once(made.#server.listen(0, '127.0.0.1'), 'listening')
    return made
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on new connections lead there; those there are end. */
  lead(target: number): void {
    this.#target = target
    for (const socket of this.#open) socket.destroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #meet(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        this.#open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
}
