// Markdown tables and the numbers in them.

export function table(header, rows) {
  const cells = [header, ...rows].map((row) => row.map(String))
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)))
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head, ...body] = cells.map(line)
  return [head, rule, ...body].join('\n')
}

/** 1234567 → `1.23M`, 238000 → `238k`, 12.3 → `12.3` */
export function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`
  if (value >= 100) return String(Math.round(value))
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** 1.5149 → `1.51×`; a dash for what is not a ratio, as when next to nothing was measured. */
export function times(ratio) {
  return Number.isFinite(ratio) && ratio > 0 ? `${ratio.toFixed(ratio >= 10 ? 1 : 2)}×` : '–'
}
