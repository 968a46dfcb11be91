// The browser's files: those of a list, and nothing else of the disk.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveAsset } from '../../../src/http/assets.ts'
import { requestOf, responseTo } from '../../support/http-doubles.ts'

describe('serveAsset', () => {
  for (const name of ['turbo.js', 'stimulus.js', 'index.js', 'start.js', 'turbo_streams_controller.js'])
    it(`serves ${name} as JavaScript that is not to be guessed at`, async () => {
      const request = requestOf({ url: '/somewhere' })
      const { response, text } = responseTo(request)
      assert.equal(serveAsset(name, request, response), true)
      assert.ok((await text).length > 100)
      assert.match(String(response.getHeader('content-type')), /^(?:text|application)\/javascript/)
      assert.equal(response.getHeader('x-content-type-options'), 'nosniff')
      assert.ok(response.getHeader('etag'))
    })

  for (const name of [
    '',
    '.',
    '..',
    '../package.json',
    '../../package.json',
    '%2e%2e/x',
    'index.d.ts',
    'package.json',
    '__proto__',
  ])
    it(`knows no file ${name || 'without a name'}`, () => {
      const request = requestOf()
      const { response } = responseTo(request)
      assert.equal(serveAsset(name, request, response), false)
      assert.deepEqual(response.getHeaderNames(), [])
    })
})
