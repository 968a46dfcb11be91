// Tokens that are somebody's: worth nothing to whoever copies them from a page.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Claims, Signer } from '../../../src/stream/signer.ts'
import type { TestClient } from '../../support/client.ts'
import { withCable } from '../../support/with-cable.ts'

const secret = 's3Krit'
const token = (stream: string, claims: Claims) => new Signer([secret]).sign(stream, claims)
const asUser = {
  authenticate: (request: { headers: { [name: string]: unknown } }) => request.headers['x-user'] ?? null,
}

/** Subscribes with and without a cursor, as new and as old clients do, and expects the same refusal. */
async function refuses(client: TestClient, stream: string): Promise<void> {
  const rejected = { type: 'rejected', stream, reason: 'unauthorized' }
  assert.deepEqual(await client.subscribe(stream), rejected)
  assert.deepEqual(await client.subscribe(stream, { cursor: null }), rejected)
}

describe('a token for somebody', () => {
  it('opens for the identity that it names, and for no other', () =>
    withCable({ secret, ...asUser }, async ({ connect }) => {
      const signed = token('room:1', { subject: '7' })
      assert.equal((await (await connect('/cable', { 'x-user': '7' })).subscribe(signed)).type, 'subscribed')
      await refuses(await connect('/cable', { 'x-user': '8' }), signed)
      await refuses(await connect('/cable', { 'x-user': '07' }), signed)
    }))

  const identities: readonly [what: string, identity: unknown, opens: boolean][] = [
    ['the identity itself, a string', '7', true],
    ['the identity itself, a number', 7, true],
    ['its id, a number', { id: 7 }, true],
    ['its id, a string', { id: '7' }, true],
    ['its id, a bigint', { id: 7n }, true],
    ['not to another id', { id: 70 }, false],
    ['not to an object without id', { name: '7' }, false],
    ['not to an id that only prints itself so', { id: { toString: () => '7' } }, false],
    ['not to true', true, false],
  ]
  for (const [what, identity, opens] of identities) {
    it(`is compared to ${what}`.replace('compared to not', 'not compared'), () =>
      withCable({ secret, authenticate: () => identity }, async ({ connect, cable }) => {
        const signed = cable.signedStream('room:1', { subject: 7 }).token
        const { type } = await (await connect()).subscribe(signed)
        assert.equal(type, opens ? 'subscribed' : 'rejected')
      }),
    )
  }

  it('opens for nobody where nobody is asked who they are', () =>
    withCable({ secret }, async ({ connect, cable }) => {
      const client = await connect()
      await refuses(client, cable.signedStream('room:1', { subject: 'undefined' }).token)
      await refuses(client, token('room:1', { subject: '' }))
    }))

  it('is never signed for everybody by mistake: a subject that is not there throws', () =>
    withCable({ secret }, async ({ cable }) => {
      const user = {} as { id?: number }
      for (const subject of [user.id, null, '', Number.NaN]) {
        const given = { subject } as { subject: string }
        assert.throws(() => cable.signedStream('room:1', given), { code: 'TURBO_CABLE_BAD_OPTION' })
        const fromHandlebars = { hash: given, data: {} } as object
        assert.throws(() => cable.signedStream('room:1', fromHandlebars), { code: 'TURBO_CABLE_BAD_OPTION' })
      }
    }))

  it('is what Handlebars gets too, which passes named arguments in an object of its own', () =>
    withCable({ secret }, async ({ cable }) => {
      const options = { hash: { subject: 7 }, data: {} } as object
      assert.equal(cable.signedStream('room:1', options).token, cable.signedStream('room:1', { subject: 7 }).token)
    }))
})
