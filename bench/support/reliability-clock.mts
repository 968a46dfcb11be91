// Time for measurements across processes of one machine, and waiting.

/** Milliseconds of the machine's monotonic clock, the same in every process. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Looks again and again until it is so; throws, with the last thing seen, when it is not after `patience` ms. */
export async function until<Seen>(look: () => Seen | Promise<Seen>, holds: (seen: Seen) => boolean, patience: number) {
  const deadline = now() + patience
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (now() > deadline) throw new Error(`still not so after ${patience} ms: ${JSON.stringify(seen)}`)
    await pause(50)
  }
}

/** Calls `work(0)`, `work(1)`, … `count` times, each at its own time, however long the one before took. */
export async function steadily(count: number, every: number, work: (index: number) => unknown): Promise<void> {
  const start = now()
  for (let index = 0; index < count; index++) {
    const wait = start + index * every - now()
    if (wait > 0) await pause(wait)
    await work(index)
  }
}
