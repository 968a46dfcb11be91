// Functions of the app's that decide: whatever they do, the process goes on and nobody is let in by accident.

import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { verdict } from '../../src/verdict.ts'
import { warnings } from '../support/warnings.ts'

describe('verdict', () => {
  const boom = () => {
    throw new Error('boom')
  }
  const answers: [string, () => unknown, boolean, boolean][] = [
    ['true is yes', () => true, false, true],
    ['false is no', () => false, true, false],
    ['what is merely truthy is no', () => 'yes', false, false],
    ['a throw is what refuses', boom, true, true],
    ['a throw is what refuses, the other way round', boom, false, false],
    ['a promise of yes is no answer', async () => true, false, false],
    ['a promise of no is no answer', async () => false, true, true],
  ]
  for (const [rule, ask, otherwise, expected] of answers) {
    it(rule, () => {
      const warn = mock.method(console, 'warn', () => {})
      try {
        assert.equal(verdict('authorities', ask, [], otherwise), expected)
      } finally {
        warn.mock.restore()
      }
    })
  }

  it('says once a minute what a function does wrong, for each function and each use of it', (t) => {
    const warned = warnings(t)
    const now = t.mock.method(performance, 'now', () => 5_000)
    const other = () => boom()
    for (let n = 0; n < 200; n++) {
      verdict('presence', boom, [], false)
      verdict('whispers', boom, [], false)
      verdict('whispers', other, [], false)
    }
    const threw = 'threw, which is taken for a refusal: boom'
    assert.deepEqual(
      warned.splice(0),
      ['presence', 'whispers', 'whispers'].map((name) => `[turbo-cable] ${name} ${threw}`),
    )
    now.mock.mockImplementation(() => 65_000)
    verdict('presence', boom, [], false)
    assert.deepEqual(warned, [`[turbo-cable] presence ${threw} (and 199 more like it since the last such line)`])
  })

  it('catches the rejection of a promise that it does not wait for', async () => {
    const warn = mock.method(console, 'warn', () => {})
    const unhandled = mock.fn()
    process.on('unhandledRejection', unhandled)
    verdict('authorities', () => Promise.reject(new Error('late')), [], false)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    warn.mock.restore()
    assert.equal(unhandled.mock.callCount(), 0)
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /authorities must answer at once/)
  })
})
