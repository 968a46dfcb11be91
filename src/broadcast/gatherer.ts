// Gathers text to one message for each frame of time. What arrives while a message is on its way waits, up to a bound; past it the
// one who brings more waits too.

/** So many characters are sent in one message. */
const most = 8_192

export class Gatherer {
  readonly #every: number
  readonly #send: (text: string) => Promise<void>
  readonly #failed: () => void
  #text = ''
  #timer: NodeJS.Timeout | undefined
  #last = Number.NEGATIVE_INFINITY
  // One message at a time, in order. Once it has rejected it stays so.
  #sending: Promise<void> = Promise.resolve()

  /** `every` is the shortest time between two messages, ms. `failed` is called when one could not be sent while nobody waits. */
  constructor(every: number, send: (text: string) => Promise<void>, failed: () => void) {
    this.#every = every
    this.#send = send
    this.#failed = failed
  }

  /** Takes more. Resolves when there is room for more; rejects with what `send` has rejected with. */
  async take(text: string): Promise<void> {
    this.#text += text
    if (this.#text.length >= most) await this.#flush(false)
    else this.#schedule()
  }

  /** Sends all that is there, and resolves when it was sent. */
  end(): Promise<void> {
    return this.#flush(true)
  }

  /** Does something between two messages, unless one could not be sent. */
  between(work: () => Promise<void>): void {
    this.#sending = this.#sending.then(work)
    // Who brings more, or ends, hears of it.
    this.#sending.catch(() => {})
  }

  #schedule(): void {
    if (this.#text === '') return
    const wait = Math.max(0, this.#last + this.#every - performance.now())
    this.#timer ??= setTimeout(() => this.#flush(false).catch(this.#failed), wait)
  }

  #flush(all: boolean): Promise<void> {
    this.#sending = this.#sending.then(() => this.#drain(all))
    return this.#sending
  }

  async #drain(all: boolean): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#text !== '') {
      const end = cut(this.#text)
      const text = this.#text.slice(0, end)
      this.#text = this.#text.slice(end)
      this.#last = performance.now()
      await this.#send(text)
      // What has come meanwhile, and is not much, waits for its frame.
      if (!all && this.#text.length < most) break
    }
    this.#schedule()
  }
}

// Not within a pair that makes one character.
function cut(text: string): number {
  return text.length > most && /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most
}
