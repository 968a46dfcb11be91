// The browser's files: those of a list, and nothing else of the disk.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assetServer, serveAsset } from '../../../src/http/assets.ts'
import { requestOf, responseTo } from '../../support/http-doubles.ts'

describe('serveAsset', () => {
  for (const name of ['turbo.js', 'stimulus.js', 'start.js', 'seldom.js'])
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

  it('says how to install what is missing, in the answer and once in the log, and serves the rest', async (t) => {
    const warned = t.mock.method(console, 'warn', () => {})
    const serve = assetServer((name) => {
      throw new Error(`Cannot find module '${name}'`)
    })
    for (let times = 0; times < 2; times++) {
      const request = requestOf({ url: '/somewhere' })
      const { response, text } = responseTo(request)
      assert.equal(serve('turbo.js', request, response), true)
      assert.equal(response.statusCode, 500)
      // This project has a package-lock.json.
      assert.match(
        await text,
        /^@hotwired\/turbo is not installed: npm install @hotwired\/turbo, and start the app again$/,
      )
    }
    const request = requestOf({ url: '/somewhere' })
    const { response, text } = responseTo(request)
    assert.equal(serve('start.js', request, response), true)
    assert.ok((await text).length > 100)
    assert.deepEqual(
      warned.mock.calls.map(({ arguments: [line] }) => /need (\S+), .*: (.*)$/.exec(line)?.slice(1)),
      ['@hotwired/turbo', '@hotwired/stimulus'].map((name) => [name, `npm install ${name}`]),
    )
  })
})
