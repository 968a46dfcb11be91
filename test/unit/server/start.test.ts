// A server that cannot do what it is set up for does not start.

import assert from 'node:assert/strict'
import Module from 'node:module'
import { it } from 'node:test'
import { valuesOf } from '../../../src/server/cable-options.ts'
import { readFlags, settle } from '../../../src/server/settings.ts'
import { startServer } from '../../../src/server/start.ts'

it('does not start with a JWT key and without `jose`: it would be ready, and refuse everybody', async (t) => {
  const modules = Module as unknown as { _resolveFilename: (name: string, ...more: unknown[]) => string }
  const resolve = modules._resolveFilename
  t.mock.method(modules, '_resolveFilename', (name: string, ...more: unknown[]) => {
    if (name === 'jose') throw Object.assign(new Error(name), { code: 'MODULE_NOT_FOUND' })
    return resolve.call(Module, name, ...more)
  })
  const { values } = readFlags(['--port', '0', '--jwt-secret', 'a'.repeat(32)])
  await assert.rejects(startServer(valuesOf(settle(values, new Map(), new Map()))), {
    code: 'TURBO_CABLE_NOT_INSTALLED',
    message: /needs the package `jose`/,
  })
})
