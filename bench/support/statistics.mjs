// Medians and quantiles.

/** The middle value. Median of ratios, not ratio of medians: what is compared ran side by side. */
export function median(/** @type {number[]} */ values) {
  return quantile(Float64Array.from(values).sort(), 0.5)
}

/**
 * A quantile of values in ascending order; NaN where there are none.
 *
 * @param {Float64Array} sorted
 * @param {number} q 0.95 for p95
 */
export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** All values of the parts, in ascending order. */
export function merged(/** @type {Float64Array[]} */ parts) {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all.sort()
}

/** Lowest and highest, so that a reader sees how noisy the machine was. */
export function spread(/** @type {number[]} */ values) {
  return { low: Math.min(...values), high: Math.max(...values) }
}

/**
 * A list turned by `by` places, so that each gets to be first.
 *
 * @template Item
 * @param {Item[]} list
 * @param {number} by
 */
export function rotated(list, by) {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
