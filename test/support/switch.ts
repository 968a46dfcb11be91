// One address that leads to a port, and from some moment on to another: as a name does whose server has failed over.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class Switch {
  readonly #server = createServer((near) => this.#meet(near))
  readonly #open = new Set<Socket>()
  /** The connections that lead through, by their near end. */
  readonly #pairs = new Map<Socket, Socket>()
  #target: number

  private constructor(target: number) {
    this.#target = target
  }

  static async to(target: number): Promise<Switch> {
    const made = new Switch(target)
    await once(made.#server.listen(0, '127.0.0.1'), 'listening')
    return made
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on new connections lead there; those there are end. */
  lead(target: number): void {
    this.#target = target
    for (const socket of this.#open) socket.destroy()
  }

  /**
   * From now on what is sent on the connections there are does not get through, and nobody is told. New ones work. The returned
   * function lets it through, also where its sender has left, and resolves when the server has answered.
   */
  hold(): () => Promise<void> {
    const held = [...this.#pairs].map(([near, far]) => {
      const chunks: Buffer[] = []
      near.unpipe(far)
      near.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
      this.#pairs.delete(near)
      this.#open.delete(far)
      return { far, chunks }
    })
    return async () => {
      const late = held.filter(({ chunks }) => chunks.length > 0)
      await Promise.all(
        late.map(async ({ far, chunks }) => {
          far.write(Buffer.concat(chunks))
          await once(far.resume(), 'data')
        }),
      )
      for (const { far } of held) far.destroy()
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #meet(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1')
    this.#pairs.set(near, far)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        this.#open.delete(one)
        // What is held outlives its sender.
        if (one === near && !this.#pairs.delete(near)) return
        other.destroy()
      })
      one.pipe(other)
    }
  }
}
