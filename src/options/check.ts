// The one checker of options, whosever they are, and the rules that several of them share.

import { failure, unknownOption, Withheld } from '../errors'
import { lookalike } from './likeness'

/** What a value must be. `words` end the sentence "Expected `name` to be …". */
export interface Rule {
  readonly words: string
  readonly holds: (value: unknown) => boolean
  /** What the error shows in place of a value that may be secret: errors end in logs. */
  readonly shown?: (value: unknown) => unknown
}

/**
 * The value itself, once it keeps its rule: `check('timeout', timeout, positiveTime)`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function check<Value>(name: string, value: Value, { words, holds, shown }: Rule): Value {
  if (holds(value)) return value
  throw failure('TURBO_CABLE_BAD_OPTION', [name, words, shown ? shown(value) : value])
}

/** Refuses what is no object, and an option that is not known, unless it is undefined. Its value is not shown: a misspelt token is still a token. */
export function checkNames(options: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(check('options', options, object))) {
    if (value !== undefined && !known.includes(name)) throw unknownOption(name, lookalike(name, known), known)
  }
}

/** For `shown`: `a string` in place of what it is. */
export function kindOf(value: unknown): unknown {
  if (value === undefined || value === null) return value
  return new Withheld(/^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`)
}

/** For `shown`: nothing of it. */
export function notShown(): Withheld {
  return new Withheld('one that is not shown here')
}

/** The same rule for an option that may be left out. */
export function optional<Kind extends Rule>(rule: Kind): Kind {
  return { ...rule, holds: (value) => value === undefined || rule.holds(value) }
}

/** `oneOf('morph', 'replace').words // → "'morph' or 'replace'"` */
export function oneOf(...values: readonly string[]): Rule {
  return { words: values.map((value) => `'${value}'`).join(' or '), holds: (value) => values.includes(value as string) }
}

export const text: Rule = { words: 'a non-empty string', holds: isText }
export const object: Rule = { words: 'an object', holds: isObject }
/** What a verb is given after its stream. Where Rails takes the parts of a stream one by one, the second of them stands there. */
export const verbOptions: Rule = { ...object, words: "an object (a stream of several parts is one array: ['room', 7])" }
export const namesAndValues: Rule = { words: 'an object of names and values', holds: isObject }
export const callable: Rule = { words: 'a function', holds: isFunction }
export const positiveTime: Rule = {
  words: 'a number of milliseconds > 0',
  holds: (value) => Number.isFinite(value) && (value as number) > 0,
}
export const time: Rule = {
  words: 'a number of milliseconds ≥ 0',
  holds: (value) => Number.isFinite(value) && (value as number) >= 0,
}
export const scheduler: Rule = {
  words: 'an object with a function `schedule`',
  holds: (value) => typeof (value as { schedule?: unknown } | null | undefined)?.schedule === 'function',
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
