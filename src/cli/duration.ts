// A length of time as people write it.

import { UsageError } from './usage'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `duration('90s')` → 90000; `duration('1h')` → 3600000. Throws a UsageError for anything else than `ms`, `s`, `m`, `h` or `d`. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  const time = Number(count) * (units[unit as keyof typeof units] ?? Number.NaN)
  if (!(time > 0)) throw new UsageError(`expected a time such as 90s, 15m, 1h or 7d, got ${text}`)
  return time
}
