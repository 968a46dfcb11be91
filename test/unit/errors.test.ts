// The table of errors and its page.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { errorCodes, failure } from '../../src/errors.ts'

describe('docs/errors.md', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

  it('has a heading for each code and for nothing else', () => {
    const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, code]) => code)
    assert.deepEqual([...headings].sort(), [...errorCodes].sort())
  })
})

describe('failure', () => {
  it('names the value, whatever it is, in at most 80 characters', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    for (const value of [
      undefined,
      null,
      1n,
      Symbol('s'),
      () => {},
      cycle,
      'x'.repeat(1_000),
      [],
      Object.create(null),
    ]) {
      const { message } = failure('TURBO_CABLE_BAD_OPTION', ['option', 'good', value])
      assert.match(message, /^Expected `option` to be good, got /)
      assert.ok(message.length < 140, message)
    }
  })

  it('carries its code and cause', () => {
    const cause = new Error('why')
    const error = failure('TURBO_CABLE_RENDER_FAILED', ['a/b', 'why'], cause)
    assert.equal(error.code, 'TURBO_CABLE_RENDER_FAILED')
    assert.equal(error.name, 'TurboCableError')
    assert.equal(error.cause, cause)
  })
})
