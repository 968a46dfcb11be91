// The one checker: it hands values through, names what broke which rule, and keeps secrets out of errors.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  check,
  checkNames,
  kindOf,
  notShown,
  oneOf,
  optional,
  positiveTime,
  type Rule,
  text,
} from '../../../src/options/check.ts'

const bad = (message: string) => ({ code: 'TURBO_CABLE_BAD_OPTION', message })

test('a value that keeps its rule comes back', () => {
  assert.equal(check('timeout', 5, positiveTime), 5)
  assert.equal(check('method', 'morph', oneOf('morph')), 'morph')
  assert.equal(check('name', undefined, optional(text)), undefined)
})

test('a value that breaks its rule is named with the rule', () => {
  assert.throws(
    () => check('timeout', 0, positiveTime),
    bad('Expected `timeout` to be a number of milliseconds > 0, got `0` (number)'),
  )
  assert.throws(
    () => check('scroll', 'x', oneOf('preserve', 'reset')),
    bad("Expected `scroll` to be 'preserve' or 'reset', got `\"x\"` (string)"),
  )
  assert.throws(
    () => check('name', '', optional(text)),
    bad('Expected `name` to be a non-empty string, got `""` (string)'),
  )
})

test('what may be secret is not shown', () => {
  const long = { words: 'long', holds: () => false }
  const told = (value: unknown, shown: NonNullable<Rule['shown']>, words: string) =>
    assert.throws(() => check('token', value, { ...long, shown }), bad(`Expected \`token\` to be long, got ${words}`))
  told('s3Krit', notShown, 'one that is not shown here')
  told('s3Krit', kindOf, 'a string')
  told({ token: 's3Krit' }, kindOf, 'an object')
  told(undefined, kindOf, 'undefined')
  assert.throws(
    () => checkNames({ tokn: 's3Krit' }, ['token', 'url']),
    bad('Unexpected option `tokn`: did you mean `token`?'),
  )
})

test('an option that is not known is named with the one that was probably meant, if there is one', () => {
  const known = ['target', 'targets', 'html', 'partial', 'history.size', 'history.totalBytes', 'heartbeat']
  const told = (name: string) => {
    let message = ''
    try {
      checkNames({ [name]: 1 }, known)
    } catch (error) {
      message = (error as Error).message
    }
    return message
  }
  assert.equal(told('tagret'), 'Unexpected option `tagret`: did you mean `target`?')
  assert.equal(told('Target'), 'Unexpected option `Target`: did you mean `target`?')
  assert.equal(told('heartbeet'), 'Unexpected option `heartbeet`: did you mean `heartbeat`?')
  assert.equal(told('history.totalbytes'), 'Unexpected option `history.totalbytes`: did you mean `history.totalBytes`?')
  assert.equal(
    told('colour'),
    'Unexpected option `colour`: no option is spelt like it; there are target, targets, html, partial, history.size, history.totalBytes, heartbeat',
  )
  const many = Array.from({ length: 13 }, (_, index) => `option${index}`)
  assert.throws(() => checkNames({ colour: 1 }, many), {
    message: /; docs\/errors.md says where the options are listed$/,
  })
  assert.equal(told('toString'), told('toString').replace(/`[^`]+`/, '`toString`'))
  assert.match(told('toString'), /^Unexpected option `toString`: no option/)
  assert.equal(told('html'), '')
})

test('an option that was left undefined is not there', () => {
  checkNames({ tagret: undefined }, ['target'])
})
