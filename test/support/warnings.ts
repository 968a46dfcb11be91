// What the package says to its operator while a test runs.

import type { TestContext } from 'node:test'

/** Every line that is warned with from now to the end of the test; it is kept off the test's own output. */
export function warnings(t: TestContext): string[] {
  const lines: string[] = []
  t.mock.method(console, 'warn', (line: string) => lines.push(String(line)))
  return lines
}
