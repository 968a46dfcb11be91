// What a reliability bench aims at, and whether it was reached.

/** How long a bench may take to end after its verdict, ms. */
const patience = 10_000

/** Collects what was not as it should be, and ends the bench accordingly. */
export class Verdict {
  readonly #missed: string[] = []

  expect(held: boolean, otherwise: string): void {
    if (!held) this.#missed.push(otherwise)
  }

  /** Prints the verdict; the exit code is 1 where a target was missed. */
  conclude(): void {
    for (const line of this.#missed) console.log(`✖ ${line}`)
    console.log(this.#missed.length > 0 ? `${this.#missed.length} targets missed` : '✔ every target reached')
    process.exitCode = this.#missed.length > 0 ? 1 : 0
    // All that was started has ended by now: something that keeps this process running is a leak, and no reason to wait for ever.
    setTimeout(() => {
      console.log(`✖ this process does not end: ${process.getActiveResourcesInfo().join(', ')}`)
      process.exit(1)
    }, patience).unref()
  }
}
