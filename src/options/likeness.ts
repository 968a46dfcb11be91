// Which known word somebody probably meant: for "did you mean".

/**
 * The known word that is spelt almost like this one; undefined if there is none.
 *
 * ```ts
 * lookalike('tagret', ['html', 'target'])  // → 'target'
 * ```
 *
 * Almost: capitals do not count, and one slip is allowed in up to five characters, two in up to eleven, then three. A slip is a
 * character too many, too few or another, or two that changed places.
 */
export function lookalike(word: string, known: Iterable<string>): string | undefined {
  const allowed = word.length <= 5 ? 1 : word.length <= 11 ? 2 : 3
  let best: string | undefined
  let fewest = allowed + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue
    const slips = distance(word.toLowerCase(), candidate.toLowerCase())
    if (slips < fewest) {
      best = candidate
      fewest = slips
    }
  }
  return best
}

// Damerau-Levenshtein, the variant that moves no character twice (optimal string alignment); three rows are enough for it.
function distance(one: string, other: string): number {
  let before: number[] = []
  let above = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      let least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (swapped) least = Math.min(least, at(before, j - 2) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return at(above, other.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] as number
}
