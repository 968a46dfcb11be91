// What `turbo-cable serve` prints of its options: --help, and --check.

import type { WrittenRule } from '../options/table'
import { everyOption, flagOf, type Setting, secretNames, variableOf, writtenNames } from './settings'

/** One option, as a table shows it. */
export interface OptionRow {
  /** `--port <number>` */
  readonly flag: string
  readonly variable: string
  readonly fallback: string
  readonly says: string
}

/** Every option that can be written, in order. */
export function optionRows(): OptionRow[] {
  return writtenNames.map((name) => {
    const {
      rule,
      default: fallback,
      says = '',
    } = everyOption[name] as { rule: WrittenRule; default: unknown; says?: string }
    const flag = rule.placeholder === undefined ? flagOf(name) : `${flagOf(name)} <${rule.placeholder}>`
    return { flag, variable: variableOf(name), fallback: shown(fallback), says }
  })
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = optionRows().map(({ flag, says, fallback }) => [flag, fallback === '' ? says : `${says} (${fallback})`])
  const own = [
    ['--config <file>', 'options in a file: JSON, or .mjs for functions too'],
    ['--check', 'print what would be used and what is unsafe about it, and end'],
    ['-h, --help', 'print this text'],
  ]
  const all = [...rows, ...own]
  const width = Math.max(...all.map(([flag = '']) => flag.length))
  return `Usage: turbo-cable serve [options]

The cable without an app: pages connect to it, and whoever has the right sends by POST.

${all.map(([flag = '', says]) => `  ${flag.padEnd(width)}  ${says}`).join('\n')}

Each option can also be set in the environment (--history-size as TURBO_CABLE_HISTORY_SIZE) and in the file (history.size).
A flag counts before the environment, that before the file. Lists are separated by commas.
`
}

/** The lines of `--check`: each option, its value and where that came from. */
export function settingLines(settings: readonly Setting[]): string[] {
  const rows = settings
    .filter(({ name, source }) => everyOption[name]?.says !== undefined || source !== 'default')
    .map(({ name, value, source }) => [name, shownSafely(name, value), source === 'default' ? '' : source] as const)
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value, source]) => `  ${name.padEnd(width)}  ${value || '-'}${source && `  (${source})`}`)
}

function shownSafely(name: string, value: unknown): string {
  if (secretNames.has(name) && value !== undefined && typeof value !== 'boolean') {
    const count = [value].flat().length
    return count === 0 ? '' : `${'*'.repeat(8)}${count > 1 ? ` and ${count - 1} more` : ''}`
  }
  if (typeof value === 'string' && value.includes('://')) return withoutSecrets(value)
  return shown(value)
}

// A password may stand in a URL, also after its path; and an engine may have several.
function withoutSecrets(urls: string): string {
  const shownOf = (each: string) => each.replace(/\/\/.*@/s, '//***@').replace(/([?#]).*$/s, '$1***')
  return urls
    .split(/,(?=\s*[a-z]+:\/\/)/)
    .map(shownOf)
    .join(',')
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && !(value instanceof RegExp) ? 'given' : String(value)
}
