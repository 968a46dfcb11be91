// What the server is to work with: each option from the flag, else the environment, else the file, else its default, and from where
// it came. Flags and variables are named after the options: history.streamBytes, --history-stream-bytes, TURBO_CABLE_HISTORY_STREAM_BYTES.

import { parseArgs } from 'node:util'
import { unknownOption } from '../errors'
import { check } from '../options/check'
import { lookalike } from '../options/likeness'
import { fittingConnections } from '../options/options'
import { type Option, optionTable, type WrittenRule } from '../options/table'
import { serverTable } from './table'

/** Where a value came from. */
export type Source = 'flag' | 'environment' | 'file' | 'default'

/** One option, with the value that counts. */
export interface Setting {
  readonly name: string
  readonly value: unknown
  readonly source: Source
}

/** Every option of the server and of its cable, by its dotted name. */
export const everyOption: Readonly<Record<string, Option>> = { ...serverTable, ...optionTable }

/** The names of those that can be written on a command line. */
export const writtenNames = Object.keys(everyOption).filter((name) => everyOption[name]?.says !== undefined)

/** Those whose values nobody may read in a log. */
export const secretNames: ReadonlySet<string> = new Set(['secret', 'broadcastToken', 'jwtSecret', 'inspector'])

/** `flagOf('history.streamBytes') // → '--history-stream-bytes'` */
export function flagOf(name: string): string {
  return `--${words(name).join('-').toLowerCase()}`
}

/** `variableOf('history.streamBytes') // → 'TURBO_CABLE_HISTORY_STREAM_BYTES'` */
export function variableOf(name: string): string {
  return `TURBO_CABLE_${words(name).join('_').toUpperCase()}`
}

/** What a command line says beside the options. */
export interface CommandLine {
  readonly values: ReadonlyMap<string, unknown>
  readonly config: string | undefined
  readonly help: boolean
  readonly check: boolean
}

/**
 * Reads a command line.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for a flag that there is not, a value that is missing or not wanted.
 */
export function readFlags(args: readonly string[]): CommandLine {
  const byFlag = new Map(writtenNames.map((name) => [flagOf(name).slice(2), name]))
  const known = ['help', 'check', 'config', ...byFlag.keys()]
  const isFlag = (name: string | undefined) => name !== undefined && ruleOf(name).placeholder === undefined
  const options = Object.fromEntries(
    [...byFlag].map(([flag, name]) => [flag, { type: isFlag(name) ? ('boolean' as const) : ('string' as const) }]),
  )
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: { ...options, config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const given = new Map<string, string[]>()
  const other: Record<string, string | true> = {}
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') throw unknownOption(token.value, undefined, ['flags alone, such as --port 28080'])
    const negated = token.name.startsWith('no-') && isFlag(byFlag.get(token.name.slice(3)))
    const flag = negated ? token.name.slice(3) : token.name
    const name = byFlag.get(flag)
    if (name === undefined && !known.includes(flag)) throw unknownFlag(token.rawName, known)
    const value = negated
      ? 'false'
      : (token.value ?? (flag === 'help' || flag === 'check' || isFlag(name) ? 'true' : ''))
    // `--secret --port 1` has no secret, and `--port --check` no port.
    if (value === '' || (!token.inlineValue && value.startsWith('--')))
      check(`--${flag}`, value, { words: 'followed by a value', holds: () => false, shown: () => undefined })
    if (name === undefined) other[flag] = value
    else given.set(name, [...(given.get(name) ?? []), value])
  }
  const values = [...given].map(([name, texts]) => [name, fromTexts(name, texts)] as const)
  const config = other.config as string | undefined
  return { values: new Map(values), config, help: other.help !== undefined, check: other.check !== undefined }
}

/** Reads the environment. */
export function readEnvironment(env: NodeJS.ProcessEnv): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const name of writtenNames) {
    const text = env[variableOf(name)]
    if (text) values.set(name, fromTexts(name, [text]))
  }
  return values
}

/**
 * Puts them together: a flag counts before the environment, that before the file, that before the default.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for a value that breaks its rule.
 */
export function settle(
  flags: ReadonlyMap<string, unknown>,
  environment: ReadonlyMap<string, unknown>,
  file: ReadonlyMap<string, unknown>,
): Setting[] {
  return Object.entries(everyOption).map(([name, { default: fallback, rule }]) => {
    const sources = [
      ['flag', flags, flagOf(name)],
      ['environment', environment, variableOf(name)],
      ['file', file, name],
    ] as const
    const found = sources.find(([, values]) => values.get(name) !== undefined)
    if (!found) {
      const value = name === 'limits.connections' ? (fittingConnections() ?? fallback) : fallback
      return { name, value, source: 'default' }
    }
    const [source, values, shownName] = found
    const value = values.get(name)
    // An engine comes as a URL, and is made of it later.
    const holds = (each: unknown) => (name === 'engine' && typeof each === 'string') || rule.holds(each)
    return { name, value: check(shownName, value, { ...rule, holds }), source }
  })
}

/** Reads one value as text; several for an option that may be given more than once. */
export function fromTexts(name: string, texts: readonly string[]): unknown {
  const rule = ruleOf(name)
  if (!rule.repeats) return rule.read(texts.at(-1) as string)
  const read = texts.flatMap((text) => rule.read(text))
  return read.length === 1 && secretNames.has(name) ? read[0] : read
}

function unknownFlag(raw: string, known: readonly string[]) {
  const meant = lookalike(raw.replace(/^-+/, ''), known)
  return unknownOption(raw, meant && `--${meant}`, ['more in `turbo-cable serve --help`'])
}

function ruleOf(name: string): WrittenRule {
  // Only those are asked for that have a `says`, which a test holds to be those that can be read.
  return everyOption[name]?.rule as WrittenRule
}

function words(name: string): string[] {
  return name.split(/\.|(?=[A-Z])/)
}
