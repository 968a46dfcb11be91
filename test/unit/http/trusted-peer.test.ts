// Who is a process on this machine that speaks for itself.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isTrustedPeer } from '../../../src/http/trusted-peer.ts'
import { type Asked, requestOf } from '../../support/http-doubles.ts'

const trusts = ({ headers, ...asked }: Asked = {}) =>
  isTrustedPeer(requestOf({ ...asked, headers: { host: 'localhost:3000', ...headers } }))

describe('isTrustedPeer', () => {
  for (const remoteAddress of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
    it(`trusts ${remoteAddress}`, () => assert.equal(trusts({ remoteAddress }), true))

  for (const remoteAddress of ['10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1', '127.0.0.1.example', ''])
    it(`does not trust ${remoteAddress || 'an address that is gone'}`, () =>
      assert.equal(trusts({ remoteAddress }), false))

  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:3000', '[::1]:3000'])
    it(`trusts a request for ${host}`, () => assert.equal(trusts({ headers: { host } }), true))

  for (const host of ['app.example', 'localhost.example', 'xlocalhost', '127.0.0.1.example', '[::2]', ''])
    it(`does not trust a request for ${host || 'no host'}`, () => assert.equal(trusts({ headers: { host } }), false))

  const clouds = ['cf-connecting-ip', 'cdn-loop', 'true-client-ip', 'fly-client-ip', 'x-amzn-trace-id']
  const signs = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-forwarded-for', ...clouds]
  for (const name of [...signs, 'x-forwarded-anything', 'origin', 'sec-fetch-site'])
    it(`does not trust a request with ${name}, empty or not`, () => {
      for (const value of ['', 'x']) assert.equal(trusts({ headers: { [name]: value } }), false)
    })

  it('does not trust HTTP/1.0, which proxies speak', () => assert.equal(trusts({ httpVersion: '1.0' }), false))
})
