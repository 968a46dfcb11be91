// Chance from a seed, so that a run that failed can be had again: `SEED=…`.

/** Integers from 0 up to a limit, by chance. */
export type Chance = (limit: number) => number

/** Chance by the seed in SEED, else by a new one, which a test should tell where it fails. */
export function seededChance(): { readonly seed: number; readonly below: Chance } {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  const random = generator(seed)
  return { seed, below: (limit) => Math.floor(random() * limit) }
}

/** Runs by chance; an error of `run` names the seed. */
export async function byChance(run: (chance: Chance) => Promise<void>): Promise<void> {
  const { seed, below } = seededChance()
  try {
    await run(below)
  } catch (error) {
    throw new Error(`with SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

// mulberry32: small, and the same numbers everywhere.
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
