// The file of options: JSON, or an ES module whose default export may hold functions too.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unknownOption } from '../errors'
import { check, isObject, object } from '../options/check'
import { lookalike } from '../options/likeness'
import { everyOption, fromTexts, writtenNames } from './settings'

/**
 * Reads `turbo-cable.json`, in the shape that `turboCable()` takes its options in, with the server's beside them:
 * `{ "port": 28080, "history": { "size": 50 } }`. A text is read as that of a flag is: `"publicStreams": "/^room:/"`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for what is no such file, and for an unknown option.
 */
export async function readConfig(path: string): Promise<ReadonlyMap<string, unknown>> {
  const full = resolve(path)
  const given = /\.m?js$/.test(full) ? await moduleAt(full) : await jsonAt(full)
  check(path, given, object)
  const values = new Map<string, unknown>()
  for (const [name, value] of flat(given as object)) {
    if (!Object.hasOwn(everyOption, name))
      throw unknownOption(name, lookalike(name, Object.keys(everyOption)), ['those of `turbo-cable serve --help`'])
    const isWritten = typeof value === 'string' && writtenNames.includes(name)
    values.set(name, isWritten ? fromTexts(name, [value]) : value)
  }
  return values
}

async function jsonAt(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => unreadable(path, error))
  try {
    return JSON.parse(text as string)
  } catch (error) {
    return unreadable(path, error as Error)
  }
}

async function moduleAt(path: string): Promise<unknown> {
  const loaded = await import(pathToFileURL(path).href).catch((error: unknown) => {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return refused(path, `a module that loads (${why})`)
  })
  return (loaded as { default?: unknown }).default
}

function unreadable(path: string, error: Error): never {
  return refused(path, `a JSON file, or a .mjs file (${error.message})`)
}

function refused(path: string, words: string): never {
  throw check('--config', path, { words, holds: () => false })
}

const groups = new Set(
  Object.keys(everyOption).flatMap((name) => (name.includes('.') ? [name.split('.', 1)[0] as string] : [])),
)

// { history: { size: 5 } } → 'history.size' → 5
function flat(options: object): [string, unknown][] {
  return Object.entries(options).flatMap(([name, value]) =>
    groups.has(name) && isObject(value)
      ? Object.entries(value).map(([key, inner]): [string, unknown] => [`${name}.${key}`, inner])
      : [[name, value] as [string, unknown]],
  )
}
