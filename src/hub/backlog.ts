// What waits for clients that do not read, over all connections. Where it is too much the largest share goes first.

/** Whom something waits for: how many bytes, at this moment. */
export interface Waiting {
  readonly pending: number
}

export class Backlog<Client extends Waiting> {
  readonly #most: number
  readonly #overflowed: (client: Client) => void
  /** Of each that something waited for when it was last written to: how much. */
  readonly #waiting = new Map<Client, number>()
  #total = 0

  /** `most` in bytes; `overflowed` is told whom to drop. */
  constructor(most: number, overflowed: (client: Client) => void) {
    this.#most = most
    this.#overflowed = overflowed
  }

  /** Bytes, as far as is known: what was taken since the last write still counts. */
  get total(): number {
    return this.#total
  }

  /** Notes what waits for one of them now, in bytes. */
  note(client: Client, pending: number): void {
    this.#total += pending - (this.#waiting.get(client) ?? 0)
    if (pending > 0) this.#waiting.set(client, pending)
    else this.#waiting.delete(client)
    if (this.#total > this.#most) this.#relieve()
  }

  forget(client: Client): void {
    this.#total -= this.#waiting.get(client) ?? 0
    this.#waiting.delete(client)
  }

  #relieve(): void {
    for (const [client, before] of this.#waiting) {
      const { pending } = client
      this.#total += pending - before
      this.#waiting.set(client, pending)
    }
    const largestFirst = [...this.#waiting].sort(([, one], [, other]) => other - one)
    for (const [client] of largestFirst) {
      if (this.#total <= this.#most) return
      this.forget(client)
      this.#overflowed(client)
    }
  }
}
