// Who an upgrade request comes from, by what the app brings; whatever it does, the answer is safe.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { admitted, asksNobody } from '../../../src/http/admission.ts'
import type { Authenticate, UpgradeMiddleware } from '../../../src/options/identity.ts'
import { resolveOptions } from '../../../src/options/options.ts'
import { requestOf } from '../../support/http-doubles.ts'
import { warnings } from '../../support/warnings.ts'

const next: UpgradeMiddleware = (_request, _response, go) => go()
const unauthorized = { status: 401, text: 'Unauthorized' }

function admit(middleware: UpgradeMiddleware[], authenticate?: Authenticate) {
  const { limits } = resolveOptions()
  return admitted(requestOf({ url: '/cable?a=1' }), { middleware, authenticate, limits }, new AbortController().signal)
}

describe('admission', () => {
  it('asks nobody where there is nothing to ask', () => {
    assert.equal(asksNobody({ middleware: [], authenticate: undefined }), true)
    assert.equal(asksNobody({ middleware: [next], authenticate: undefined }), false)
    assert.equal(asksNobody({ middleware: [], authenticate: () => 1 }), false)
  })

  it('runs middleware in its order, then authenticate, on one request that has an originalUrl', async () => {
    const order: string[] = []
    const named =
      (name: string): UpgradeMiddleware =>
      (request, _response, go) => {
        order.push(name)
        request.user = name
        setImmediate(go)
      }
    const admission = await admit([named('one'), named('two')], ({ user, originalUrl }) => `${user} ${originalUrl}`)
    assert.deepEqual(order, ['one', 'two'])
    assert.equal('identity' in admission && admission.identity, 'two /cable?a=1')
  })

  it('lets in without an identity where nobody is asked for one', async () => {
    const admission = await admit([next])
    assert.ok('identity' in admission)
    assert.equal(admission.identity, undefined)
  })

  for (const nobody of [undefined, null, false])
    it(`refuses whom authenticate takes for ${nobody}`, async () =>
      assert.deepEqual(await admit([], () => nobody), unauthorized))

  it('lets in identities that are falsy and still somebody', async () => {
    for (const identity of [0, '']) assert.ok('identity' in (await admit([], () => identity)))
  })

  it('refuses what middleware answers by itself, with its status', async () => {
    const answers =
      (status: number): UpgradeMiddleware =>
      (_request, response) => {
        response.statusCode = status
        response.end('no')
      }
    assert.deepEqual(await admit([answers(429), next]), { status: 429, text: 'Refused by middleware' })
    assert.equal('status' in (await admit([answers(200)])) && true, true)
    assert.deepEqual(await admit([answers(200)]), { status: 400, text: 'Refused by middleware' })
  })

  const failing: [string, UpgradeMiddleware[], Authenticate?][] = [
    ['middleware that throws', [() => assert.fail('x')]],
    ['middleware that rejects', [(async () => assert.fail('x')) as unknown as UpgradeMiddleware]],
    ['middleware that hands on an error', [(_request, _response, go) => go(new Error('x'))]],
    ['an authenticate that throws', [], () => assert.fail('x')],
    ['an authenticate that rejects', [], async () => assert.fail('x')],
  ]
  for (const [what, middleware, authenticate] of failing)
    it(`refuses because of ${what}, and says so`, async (t) => {
      const warned = warnings(t)
      assert.deepEqual(await admit(middleware, authenticate), unauthorized)
      assert.match(warned.join(), /its middleware or authenticate failed: x/)
    })
})
