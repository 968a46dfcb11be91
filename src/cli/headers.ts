// `--header 'Name: value'` of the commands that connect.

import { UsageError } from './usage'

/** Reads `['Cookie: session=…']`. */
export function headersIn(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new UsageError("expected 'Name: value' for --header")
      return [name, value]
    }),
  )
}
