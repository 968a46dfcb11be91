// What the package says aloud.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { logAs, logger, reasonOf, warn, warnSeldom } from '../../src/log.ts'
import { warnings } from '../support/warnings.ts'

it('a warning is one line that names the package', (t) => {
  const warned = warnings(t)
  warn('the engine is away')
  assert.deepEqual(warned, ['[turbo-cable] the engine is away'])
})

it('what a stranger wrote can neither move a terminal nor be taken for a line of its own', (t) => {
  const warned = warnings(t)
  const evil = 'a\u009b31m\u001b[2J\r\u202e\n[turbo-cable] all is well'
  warn(evil)
  assert.deepEqual(warned, ['[turbo-cable] a\\u009b31m\\u001b[2J\\u000d\\u202e\n  [turbo-cable] all is well'])
  logAs('json')
  t.after(() => logAs('text'))
  warn(evil)
  assert.doesNotMatch(warned[1] as string, /[\p{Cc}\u202e]/u)
  assert.equal(JSON.parse(warned[1] as string).message, evil)
})

it('a warning that anybody can cause comes once a minute at most, and says how many it stands for', (t) => {
  const warned = warnings(t)
  const now = t.mock.method(performance, 'now', () => 5_000)
  const debugged: string[] = []
  const say = warnSeldom((message) => debugged.push(message))
  for (const [time, message] of [
    [5_000, 'a'],
    [64_999, 'b'],
    [65_000, 'c'],
    [65_001, 'd'],
  ] as const) {
    now.mock.mockImplementation(() => time)
    say(message)
  }
  assert.deepEqual(warned, ['[turbo-cable] a', '[turbo-cable] c (and 1 more like it since the last such line)'])
  assert.deepEqual(debugged, ['b', 'd'])
})

it('what an error says is cut off where it may be a text of a stranger', () => {
  assert.equal(reasonOf(new Error('no table')), 'no table')
  assert.equal(reasonOf('no table'), 'no table')
  assert.equal(reasonOf(new Error('x'.repeat(12_000))).length, 1_001)
})

it('a logger has the namespace of its room, and is silent by default', () => {
  const debug = logger('hub')
  assert.equal(debug.namespace, 'turbo-cable:hub')
  assert.equal(Boolean(debug.enabled), false)
})
