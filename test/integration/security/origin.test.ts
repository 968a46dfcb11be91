// Which web pages may open a socket: those of the same host, those that were allowed, and nobody who looks like them.

import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

type Headers = Record<string, string>
type Case = readonly [what: string, headers: Headers]

const page = (origin: string, host = 'example.com', more: Headers = {}): Headers => ({
  Host: host,
  Origin: origin,
  ...more,
})

const taken: readonly Case[] = [
  ['a program that is no web page, and sends no Origin', { Host: 'example.com' }],
  ['a page of the same host', page('http://example.com')],
  ['a page of the same host over https, where a proxy ends TLS', page('https://example.com')],
  ['a page of the same host and port', page('http://example.com:8080', 'example.com:8080')],
  ['a page of the same host, written otherwise', page('http://EXAMPLE.com', 'Example.COM')],
  ['a page of the default port, where Host spells it out', page('https://example.com', 'example.com:443')],
  ['a page of the same IPv6 address', page('http://[::1]:3000', '[::1]:3000')],
]

const refused: readonly Case[] = [
  ['another host', page('https://evil.test')],
  ['another port of the same host', page('http://example.com:8081', 'example.com:8080')],
  ['the default port, for a host on another', page('http://example.com', 'example.com:8080')],
  ['a subdomain', page('https://a.example.com')],
  ['the parent domain', page('https://example.com', 'a.example.com')],
  ['a host that ends like this one', page('https://evil-example.com')],
  ['a host that begins like this one', page('https://example.com.evil.test')],
  ['a host with this one as its user name', page('https://example.com@evil.test')],
  ['a host with this one as its path', page('https://evil.test/example.com')],
  ['the origin null, of a sandboxed frame or a file', page('null')],
  ['an empty origin', page('')],
  ['an origin that is no URL', page('example.com')],
  ['two origins in one header', page('http://example.com, https://evil.test')],
  ['a file', page('file://')],
  ['a forwarded host, when no proxy is trusted', page('https://a.test', 'inner', { 'X-Forwarded-Host': 'a.test' })],
]

describe('without allowedOrigins', () => {
  for (const [what, headers] of taken) {
    it(`lets in ${what}`, () =>
      withCable({}, async ({ port }) => assert.equal((await upgradeAnswer(port, headers)).status, 101)))
  }

  for (const [what, headers] of refused) {
    it(`refuses ${what}, before the upgrade, with a 403`, (t) =>
      withCable({}, async ({ port, cable }) => {
        const warned = warnings(t)
        const answer = await upgradeAnswer(port, headers)
        assert.deepEqual([answer.status, answer.body], [403, 'Forbidden: origin not allowed'])
        assert.match(String(answer.headers['content-type']), /^text\/plain/)
        assert.equal(answer.headers.connection, 'close')
        assert.equal(cable.stats().connections, 0)
        assert.equal(warned.length, 1)
        assert.match(String(warned[0]), /allowedOrigins.*trustProxy/)
      }))
  }

  it('refuses before the app is asked who is there', (t) => {
    warnings(t)
    let asked = 0
    const authenticate = () => {
      asked++
      return 'somebody'
    }
    return withCable({ authenticate }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port, page('https://evil.test'))).status, 403)
      assert.equal(asked, 0)
      assert.equal((await upgradeAnswer(port, page('http://example.com'))).status, 101)
      assert.equal(asked, 1)
    })
  })

  it('tells the operator once, and not each time that anybody tries', (t) =>
    withCable({}, async ({ port }) => {
      const warned = warnings(t)
      for (let n = 0; n < 5; n++) await upgradeAnswer(port, page('https://evil.test'))
      assert.equal(warned.length, 1)
    }))
})

describe('with trustProxy', () => {
  const behindProxy = (origin: string, forwarded: string) =>
    page(origin, '10.0.0.7:3000', { 'X-Forwarded-Host': forwarded })
  const cases: readonly [what: string, headers: Headers, status: number][] = [
    ['takes the forwarded host for the host', behindProxy('https://example.com', 'example.com'), 101],
    ['takes the first of several', behindProxy('https://example.com', 'example.com, inner.test'), 101],
    ['refuses a page of another host', behindProxy('https://evil.test', 'example.com'), 403],
    ['refuses a page of the inner host', behindProxy('http://10.0.0.7:3000', 'example.com'), 403],
    ['goes by Host where nothing was forwarded', page('https://example.com'), 101],
    [
      'goes by Host where nothing useful was forwarded',
      page('https://example.com', 'example.com', { 'X-Forwarded-Host': '' }),
      101,
    ],
  ]
  for (const [what, headers, status] of cases) {
    it(what, (t) => {
      warnings(t)
      return withCable({ trustProxy: true }, async ({ port }) =>
        assert.equal((await upgradeAnswer(port, headers)).status, status),
      )
    })
  }
})

describe('allowedOrigins', () => {
  const rules: readonly [rule: string, allowed: readonly string[], refused: readonly string[]][] = [
    [
      'https://a.example',
      ['https://a.example'],
      ['http://a.example', 'https://b.a.example', 'https://a.example:8443', 'https://a.example.evil.test', 'null'],
    ],
    ['https://a.example/', ['https://a.example'], ['https://evil-a.example']],
    ['a.example', ['https://a.example', 'http://a.example'], ['https://a.example:81', 'https://xa.example']],
    ['a.example:8080', ['http://a.example:8080'], ['http://a.example', 'http://a.example:80801']],
    [
      '*.a.example',
      ['https://b.a.example', 'http://c.b.a.example'],
      ['https://a.example', 'https://evila.example', 'https://b.a.example.evil.test', 'https://b-a.example', 'null'],
    ],
    ['https://*.a.example', ['https://b.a.example'], ['http://b.a.example', 'https://a.example']],
    ['A.Example', ['https://a.example'], ['https://b.example']],
    ['*', ['https://anybody.test', 'null', ''], []],
  ]
  for (const [rule, allowed, others] of rules) {
    it(`"${rule}" lets in ${allowed.map((origin) => origin || 'an empty origin').join(', ')}${others.length > 0 ? ' and nobody else' : ''}`, (t) => {
      warnings(t)
      return withCable({ allowedOrigins: [rule] }, async ({ port }) => {
        for (const origin of allowed) assert.equal((await upgradeAnswer(port, page(origin))).status, 101, origin)
        for (const origin of others) assert.equal((await upgradeAnswer(port, page(origin))).status, 403, origin)
        assert.equal((await upgradeAnswer(port, page('http://example.com'))).status, 101, 'the same host stays allowed')
      })
    })
  }

  it('takes a function, which sees the origin and the request', (t) => {
    warnings(t)
    const allowedOrigins = (origin: string, request: IncomingMessage) =>
      origin === 'https://a.example' && request.url === '/cable'
    return withCable({ allowedOrigins }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port, page('https://a.example'))).status, 101)
      assert.equal((await upgradeAnswer(port, page('https://b.example'))).status, 403)
    })
  })

  it('refuses when the function throws, and logs it', (t) => {
    const warned = warnings(t)
    const allowedOrigins = () => {
      throw new Error('no list')
    }
    return withCable({ allowedOrigins }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port, page('https://a.example'))).status, 403)
      assert.ok(warned.some((line) => line.includes('no list')))
    })
  })

  it('refuses when the function says anything but true: a promise is no answer', (t) => {
    warnings(t)
    const answers: unknown[] = [1, 'yes', Promise.resolve(true), undefined]
    // Plain JavaScript apps have no types to keep them from this.
    const allowedOrigins = () => answers.shift() as boolean
    return withCable({ allowedOrigins }, async ({ port }) => {
      for (let n = 0; n < 4; n++) assert.equal((await upgradeAnswer(port, page('https://a.example'))).status, 403)
    })
  })
})
