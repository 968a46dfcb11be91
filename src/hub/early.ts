// Subscribes of clients without cursors, from before the engine has started. What others send cannot reach this process yet, and no
// replay will bring it; so nobody is told to be subscribed before it can.

/** How long they wait at most, ms. Their wires have no word for "something may be missing". */
const patience = 10_000

/** Confirmations that wait for the engine. */
export class Early<Client extends object> {
  /** By client and address; undefined while nothing has to wait. */
  #waiting: Map<Client, Map<string, () => void>> | undefined
  #timer: NodeJS.Timeout | undefined

  /** From now on confirmations wait. */
  begin(): void {
    this.#waiting = new Map()
    this.#timer = setTimeout(() => this.end(), patience)
    this.#timer.unref()
  }

  /** The engine has started, or will not. */
  end(): void {
    clearTimeout(this.#timer)
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const addresses of waiting?.values() ?? []) for (const confirm of addresses.values()) confirm()
  }

  /** Confirms a subscription, now or then: once, however often it is asked for. */
  confirm(client: Client, address: string, confirm: () => void): void {
    if (!this.#waiting) confirm()
    else if (this.#waiting.has(client)) this.#waiting.get(client)?.set(address, confirm)
    else this.#waiting.set(client, new Map([[address, confirm]]))
  }

  /** A subscription has ended; without an address all of a client. */
  forget(client: Client, address?: string): void {
    if (address === undefined) this.#waiting?.delete(client)
    else this.#waiting?.get(client)?.delete(address)
  }
}
