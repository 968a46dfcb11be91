// Which web pages may open a socket.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { originAllowed } from '../../../src/http/origin.ts'
import type { AllowedOrigins } from '../../../src/options/options.ts'
import { requestOf } from '../../support/http-doubles.ts'
import { warnings } from '../../support/warnings.ts'

function allows(origin: string | undefined, allowedOrigins: AllowedOrigins = [], headers = {}, trustProxy = false) {
  const request = requestOf({ headers: { host: 'app.example', ...(origin !== undefined && { origin }), ...headers } })
  return originAllowed(request, { allowedOrigins, trustProxy })
}

describe('originAllowed', () => {
  it('lets in who is no web page', () => assert.equal(allows(undefined), true))

  it('lets in pages of the same host, whatever the scheme and however its default port is written', () => {
    for (const origin of ['https://app.example', 'http://app.example', 'https://APP.example'])
      assert.equal(allows(origin), true, origin)
    for (const host of ['app.example:443', 'App.Example:80'])
      assert.equal(allows('https://app.example', [], { host }), true)
  })

  it('refuses pages of any other host or port, and of none', () => {
    for (const origin of [
      'https://evil.example',
      'https://app.example:8080',
      'https://app.example.evil',
      'null',
      '',
      'x',
    ])
      assert.equal(allows(origin), false, origin)
  })

  it('asks X-Forwarded-Host for the host only where the proxy is trusted', () => {
    const headers = { host: 'inside:3000', 'x-forwarded-host': 'app.example, other' }
    assert.equal(allows('https://app.example', [], headers), false)
    assert.equal(allows('https://app.example', [], headers, true), true)
    assert.equal(allows('https://other', [], headers, true), false)
  })

  const rules: [rule: string, yes: string[], no: string[]][] = [
    ['*', ['https://a.example', 'null'], []],
    ['https://a.example', ['https://a.example'], ['http://a.example', 'https://b.example']],
    ['a.example', ['https://a.example', 'http://a.example'], ['https://xa.example', 'https://a.example:8080', 'null']],
    ['a.example:8080', ['https://a.example:8080'], ['https://a.example']],
    [
      '*.example',
      ['https://a.example', 'https://a.b.example'],
      ['https://example', 'https://badexample', 'https://.example'],
    ],
    ['HTTPS://*.Example/', ['https://a.example'], ['http://a.example']],
  ]
  for (const [rule, yes, no] of rules)
    it(`fits ${rule} to ${yes.join(' and ')}${no.length > 0 ? `, not to ${no.join(' or ')}` : ''}`, () => {
      for (const origin of yes) assert.equal(allows(origin, [rule]), true, origin)
      for (const origin of no) assert.equal(allows(origin, [rule]), false, origin)
    })

  it('asks a function, and takes a throw for a no', (t) => {
    const warned = warnings(t)
    assert.equal(
      allows('https://a.example', (origin) => origin === 'https://a.example'),
      true,
    )
    const throws = () => {
      throw new Error('no')
    }
    assert.equal(allows('https://a.example', throws), false)
    assert.equal(warned.length, 1)
  })
})
