// What a connection is subscribed to, by address.

/** Values by address. Most connections have one: a Map for each of those would be a twentieth of all that a connection costs. */
export class Addresses<Value> {
  #address: string | undefined
  #value: Value | undefined
  /** All of them, from the second on. */
  #all: Map<string, Value> | undefined

  /** How many there are. */
  get size(): number {
    if (this.#all) return this.#all.size
    return this.#address === undefined ? 0 : 1
  }

  /** The value of an address; undefined for one that is not there. */
  get(address: string): Value | undefined {
    if (this.#all) return this.#all.get(address)
    return this.#address === address ? this.#value : undefined
  }

  /** Sets the value of an address. */
  set(address: string, value: Value): void {
    if (!this.#all && this.#address !== undefined && this.#address !== address)
      this.#all = new Map([[this.#address, this.#value as Value]])
    if (this.#all) this.#all.set(address, value)
    else {
      this.#address = address
      this.#value = value
    }
  }

  /** Removes an address; one that is not there is ignored. */
  delete(address: string): void {
    if (this.#all) this.#all.delete(address)
    else if (this.#address === address) this.#address = this.#value = undefined
  }

  /** All values, in the order in which their addresses came. */
  values(): Iterable<Value> {
    if (this.#all) return this.#all.values()
    return this.#address === undefined ? [] : [this.#value as Value]
  }
}
