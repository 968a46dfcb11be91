// The names that docs/rails.md gives are there: functions, methods of a cable, methods of a model, declarations of a class.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as turbo from '../../src/index.ts'
import { readProjectFile } from '../support/project-files.ts'

const page = readProjectFile('docs/rails.md')

/** The cells of the rows below a heading. */
function rows(heading: string): string[][] {
  const [, section = ''] = page.split(`## ${heading}\n`)
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  // A `|` within code is written `\|`.
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
}

/** The first name in a cell that begins with code; `none` gives nothing. */
function named(cell = ''): string | undefined {
  return /^ `(\w+)/.exec(cell)?.[1]
}

test('every broadcast of turbo-rails is a function, a method of the cable, and one of a model where it is said', async (t) => {
  const cable = turbo.turboCable()
  t.after(() => cable.close({ timeout: 100 }))
  const model = turbo.Broadcastable().prototype
  const verbs = rows('Broadcasts').filter(([rails = '']) => /_to`/.test(rails))
  assert.equal(verbs.length, 21)
  const lacking = new Set<string>()
  for (const [, free, method, own] of verbs) {
    const name = named(free)
    if (name && !(name in turbo && name in cable)) lacking.add(name)
    for (const each of [named(method), named(own)]) if (each) assert.ok(each in model, each)
  }
  assert.deepEqual([...lacking], [])
})

test('every declaration and every hook of models is there', () => {
  const cells = rows('Models').flatMap(([, here = '']) => here)
  const declarations = [...cells.join().matchAll(/`Todo\.(\w+)/g)].map(([, name = '']) => name)
  assert.deepEqual(
    new Set(declarations),
    new Set(['broadcastsTo', 'broadcasts', 'broadcastsRefreshesTo', 'broadcastsRefreshes', 'suppressingBroadcasts']),
  )
  for (const name of declarations) assert.ok(name in turbo.Broadcastable(), name)
  const functions = [...cells.join().matchAll(/`(\w+Hooks|committed|domId|holdingBroadcasts|suppressingBroadcasts)\b/g)]
  assert.ok(functions.length >= 8)
  for (const [, name = ''] of functions) assert.ok(name in turbo, name)
})
