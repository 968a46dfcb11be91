// Packages that only some apps have.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installed, needed } from '../../../src/options/installed.ts'

test('a package that is there is loaded, and one that is not there is undefined', () => {
  assert.equal(typeof installed<typeof import('ws')>('ws')?.WebSocket, 'function')
  assert.equal(installed('turbo-cable-has-no-such-package'), undefined)
})

test('what cannot do without says what to install', () => {
  assert.throws(() => needed('turbo-cable-has-no-such-package', 'cable.metrics()'), {
    code: 'TURBO_CABLE_NOT_INSTALLED',
    message:
      'cable.metrics() needs the package `turbo-cable-has-no-such-package`, which is not installed: npm install turbo-cable-has-no-such-package',
  })
})
