// What a command of `npx turbo-cable` is. Types only.

/** Where a command writes; exit codes are returned, never taken into its own hands. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/** One command. */
export interface Command {
  /** What `turbo-cable help` says of it, in half a line. */
  readonly summary: string
  /** What `turbo-cable NAME --help` prints. */
  readonly help: string
  /** Runs it; resolves to the exit code: 0 done, 1 not possible, 2 wrong usage. What it throws is printed, and is a 1. */
  run(args: readonly string[], output: Output): number | Promise<number>
}
