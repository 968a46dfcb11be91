// Medians and quantiles.

/** The middle value. Median of ratios, not ratio of medians: what is compared ran side by side. */
export function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
}

/** A quantile of values in ascending order. */
export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

/** A list turned by `by` places, so that each gets to be first. */
export function rotated(list, by) {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

/** Lowest and highest, so that a reader sees how noisy the machine was. */
export function spread(values) {
  return { low: Math.min(...values), high: Math.max(...values) }
}
