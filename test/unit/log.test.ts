// What the package says aloud.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { logger, warn } from '../../src/log.ts'
import { warnings } from '../support/warnings.ts'

it('a warning is one line that names the package', (t) => {
  const warned = warnings(t)
  warn('the engine is away')
  assert.deepEqual(warned, ['[turbo-cable] the engine is away'])
})

it('a logger has the namespace of its room, and is silent by default', () => {
  const debug = logger('hub')
  assert.equal(debug.namespace, 'turbo-cable:hub')
  assert.equal(Boolean(debug.enabled), false)
})
