// Which history the log holds, as its marks say, and when to say it again.

import type { Mark } from './entry'

interface Held extends Mark {
  /** When that was heard, ms. */
  readonly heard: number
  /** What has been written since, bytes. */
  bytes: number
}

/** What this process knows of the marks. */
export class Marks {
  #held: Held | undefined
  /** The sequence of the last mark that was read. */
  #last = 0
  /** The latest time that an entry was written at, by the server's clock, ms. */
  #latest = 0
  /** A new history has to begin, by a mark that was written after this time. */
  #forked: number | undefined

  /** Which history it is, while somebody has said so. */
  get held(): Mark | undefined {
    return this.#held
  }

  /** Whether this is a history that can be gone on with on this server. */
  holds(server: string): boolean {
    return this.#held?.server === server && this.#forked === undefined
  }

  /** An entry was written. */
  wrote(written: number, bytes: number): void {
    this.#latest = Math.max(this.#latest, written)
    if (this.#held) this.#held.bytes += bytes
  }

  /** Takes a mark. `begins` says whether it begins a history or repeats what was said. */
  take(mark: Mark, begins: boolean, sequence: number, written: number): void {
    this.#last = sequence
    const said = begins || !this.#held ? { ...mark, began: mark.began || sequence } : this.#held
    this.#held = { ...said, heard: performance.now(), bytes: 0 }
    if (begins && this.#forked !== undefined && written > this.#forked) this.#forked = undefined
  }

  /** Nothing is known any more. */
  forget(): void {
    this.#held = undefined
    this.#last = 0
  }

  /** Some entries are gone: one of them may have begun another history. */
  skip(): void {
    this.#held = undefined
  }

  /** The log holds other entries than were seen. Marks of until now say nothing: others may have seen what is not here. */
  fork(): void {
    this.forget()
    this.#forked = this.#latest
  }

  /** The sequence of the last mark that a log still holds whose oldest entry is `first`; 0 where it holds none. */
  last(first: number): number {
    return this.#last < first ? 0 : this.#last
  }

  /** Whether it is to be said again, so that it is not trimmed away while anybody is here. */
  isDue({ age, bytes }: { readonly age: number; readonly bytes: number }): boolean {
    const held = this.#held
    return held !== undefined && (held.bytes > bytes / 4 || performance.now() - held.heard > age / 3)
  }
}
