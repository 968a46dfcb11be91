// A unified diff of two texts, as `git apply` and `patch -p1` take it.

const context = 3

type Line = [mark: ' ' | '-' | '+', text: string]

/**
 * @example unifiedDiff('a.js', 'one\n', 'two\n') // '--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-one\n+two\n'
 * @param before the old text; undefined for a file that is new
 */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  const lines = compare(linesOf(before ?? ''), linesOf(after))
  let output = `--- ${before === undefined ? '/dev/null' : `a/${path}`}\n+++ b/${path}\n`
  for (const [start, end] of hunks(lines)) output += hunk(lines, start, end)
  return output
}

function hunk(lines: readonly Line[], start: number, end: number): string {
  const position = (skip: string) => lines.slice(0, start).filter(([mark]) => mark !== skip).length
  const count = (skip: string) => lines.slice(start, end).filter(([mark]) => mark !== skip).length
  const range = (skip: string) => {
    const length = count(skip)
    return `${position(skip) + (length === 0 ? 0 : 1)}${length === 1 ? '' : `,${length}`}`
  }
  const body = lines
    .slice(start, end)
    .map(([mark, text]) => (text.endsWith('\n') ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`))
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`
}

// The stretches of lines that hold changes, each with its context; neighbours that touch are one.
function hunks(lines: readonly Line[]): Array<[number, number]> {
  const found: Array<[number, number]> = []
  for (const [index, [mark]] of lines.entries()) {
    if (mark === ' ') continue
    const last = found.at(-1)
    const end = Math.min(lines.length, index + context + 1)
    if (last && index - context <= last[1]) last[1] = end
    else found.push([Math.max(0, index - context), end])
  }
  return found
}

// Myers' greedy comparison: its cost grows with the number of changed lines, and an install changes few.
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const furthest = new Map<number, number>([[1, 0]])
  const trace: Array<Map<number, number>> = []
  for (let distance = 0; ; distance++) {
    trace.push(new Map(furthest))
    for (let k = -distance; k <= distance; k += 2) {
      const down = k === -distance || (k !== distance && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++
      furthest.set(k, x)
      if (x >= before.length && x - k >= after.length) return walkBack(trace, before, after)
    }
  }
}

function walkBack(
  trace: ReadonlyArray<Map<number, number>>,
  before: readonly string[],
  after: readonly string[],
): Line[] {
  const lines: Line[] = []
  let x = before.length
  let y = after.length
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const furthest = trace[distance] as Map<number, number>
    const k = x - y
    const down = k === -distance || (k !== distance && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
    const fromK = down ? k + 1 : k - 1
    const fromX = furthest.get(fromK) ?? 0
    const fromY = fromX - fromK
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      x--
      y--
      lines.push([' ', before[x] ?? ''])
    }
    if (distance === 0) break
    lines.push(down ? ['+', after[fromY] ?? ''] : ['-', before[fromX] ?? ''])
    x = fromX
    y = fromY
  }
  return lines.reverse()
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
