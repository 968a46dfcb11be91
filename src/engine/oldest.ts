// Sets and maps that remember only so much: what was put in first goes first.

/** Forgets the oldest of a set or a map until it has at most `most`. */
export function forgetOldest<Key>(
  of: Pick<Map<Key, unknown>, 'size' | 'delete'> & { keys(): Iterable<Key> },
  most: number,
): void {
  for (const oldest of of.keys()) {
    if (of.size <= most) return
    of.delete(oldest)
  }
}
