// Markdown tables and the numbers in them.

/**
 * @param {unknown[]} header
 * @param {unknown[][]} rows
 */
export function table(header, rows) {
  const cells = [header, ...rows].map((row) => row.map(String))
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const padded = (/** @type {string} */ cell, /** @type {number} */ column) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`))
  const [head, ...body] = cells.map((row) => `| ${row.map(padded).join(' | ')} |`)
  return [head, `|${rule.join('|')}|`, ...body].join('\n')
}

/** 1234567 → `1.23M`, 238000 → `238k`, 12.3 → `12.3` */
export function short(/** @type {number} */ value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`
  if (value >= 100) return String(Math.round(value))
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** 1.5149 → `1.51×`; a dash for what is not a ratio, as when next to nothing was measured. */
export function times(/** @type {number} */ ratio) {
  return Number.isFinite(ratio) && ratio > 0 ? `${ratio.toFixed(ratio >= 10 ? 1 : 2)}×` : '–'
}

/** 7.84 → `7.8 ms`, 110.3 → `110 ms` */
export function ms(/** @type {number} */ value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

/** 16252928 → `15.5 MiB` */
export function mib(/** @type {number} */ bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
