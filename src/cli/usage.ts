// Reads the command line of a command, and answers what is wrong with it or asks for help.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { printable } from '../../generators/paths'
import { TurboCableError } from '../errors'
import type { Output } from './command'

/** A command line that says what the command does not take. */
export class UsageError extends Error {}

/** The options of a command, by name. `help` is every command's own. */
export type Flags = NonNullable<ParseArgsConfig['options']>

/** What was read. */
export interface Usage {
  readonly positionals: readonly string[]
  /** The value of an option that is given once. */
  text(name: string): string | undefined
  /** All values of an option that may be given several times. */
  texts(name: string): readonly string[]
  /** Whether an option without a value is given. */
  flag(name: string): boolean
}

/**
 * Runs a command with its command line: `-h` prints its help, and what is wrong with the line, or with a value, comes with the help
 * and exits with 2.
 */
export async function withUsage(
  { args, output, help, flags }: { args: readonly string[]; output: Output; help: string; flags: Flags },
  run: (usage: Usage) => number | Promise<number>,
): Promise<number> {
  try {
    const usage = read(args, flags)
    if (usage.flag('help')) {
      output.out(help)
      return 0
    }
    return await run(usage)
  } catch (error) {
    if (!isUsage(error)) throw error
    output.error(`turbo-cable: ${printable((error as Error).message)}\n\n${help}`)
    return 2
  }
}

function read(args: readonly string[], flags: Flags): Usage {
  const options: Flags = { ...flags, help: { type: 'boolean', short: 'h' } }
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const given = values as Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  return {
    positionals,
    text: (name) => given[name] as string | undefined,
    texts: (name) => (given[name] ?? []) as string[],
    flag: (name) => given[name] === true,
  }
}

function isUsage(error: unknown): boolean {
  if (error instanceof UsageError) return true
  if (error instanceof TurboCableError) return /^TURBO_CABLE_BAD_(?:STREAM|OPTION)$/.test(error.code)
  return String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
}
