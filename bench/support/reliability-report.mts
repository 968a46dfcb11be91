// What the reliability benches print: numbers as tables in Markdown, the machine they were taken on, and what was not reached.

import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'

/** The value below which the given share lies; 0.95 for p95. Sorts in place. */
export function percentile(values: Float64Array, share: number): number {
  if (values.length === 0) return Number.NaN
  values.sort()
  return values[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] as number
}

export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

export function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Date, machine, versions and the command that was given, in one line. */
export function setting(): string {
  const command = process.argv
    .slice(1)
    .join(' ')
    .replace(/.*bench\//, 'bench/')
  const [cpu] = cpus()
  const ghz = cpu?.model.trim().replace(/\s+/g, ' ') ?? 'unknown processor'
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} cores (${ghz}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
    `Node ${process.version}`,
    commit(),
    `\`${command}\``,
  ].join(' · ')
}

/** Collects what was not as it should be, and ends the bench accordingly. */
export class Verdict {
  readonly #missed: string[] = []

  expect(held: boolean, otherwise: string): void {
    if (!held) this.#missed.push(otherwise)
  }

  /** Prints the verdict; the exit code is 1 where a target was missed. */
  conclude(): void {
    for (const line of this.#missed) console.log(`✖ ${line}`)
    console.log(this.#missed.length > 0 ? `${this.#missed.length} targets missed` : '✔ every target reached')
    process.exitCode = this.#missed.length > 0 ? 1 : 0
  }
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim()
    const changed = git('status', '--porcelain', '--', 'src', 'client') ? ' and changes since' : ''
    return `commit ${git('rev-parse', '--short', 'HEAD')}${changed}`
  } catch {
    return 'no commit'
  }
}
