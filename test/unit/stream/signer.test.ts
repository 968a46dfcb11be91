// Tokens that Rails reads and writes, and tokens with claims that it does not.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { railsStreamKey, type Secret, Signer } from '../../../src/stream/signer.ts'

const base = '0123456789abcdef'.repeat(8)
const vectors: [string, Secret, string][] = [
  ['a raw key', 's3Krit', 'f9ee45dbccb1da04d8ceb99cc820207804370ba0d06b46fc3b8b373af1315628'],
  ['secret_key_base, SHA256', railsStreamKey(base), 'dc8854eb4e65e316561ee9612c77b23b29e04d25009711ae1c56669810a6c14c'],
  [
    'secret_key_base, SHA1',
    railsStreamKey(base, 'sha1'),
    '2a44299ce01d586238234d73cf495105c0da3679ee9196cdef32f65e0b8d2b43',
  ],
]

describe('Signer', () => {
  for (const [what, key, digest] of vectors) {
    it(`signs and verifies as Rails does with ${what}`, () => {
      const token = `ImNoYXQ6MjAyMSI=--${digest}`
      const signer = new Signer([key])
      assert.equal(signer.sign('chat:2021'), token)
      assert.deepEqual(signer.verify(token), { stream: 'chat:2021' })
    })
  }

  it('signs with the first secret and verifies with all', () => {
    const [old, both, fresh] = [new Signer(['old']), new Signer(['new', 'old']), new Signer(['new'])]
    assert.deepEqual(both.verify(old.sign('s')), { stream: 's' })
    assert.deepEqual(fresh.verify(both.sign('s')), { stream: 's' })
    assert.equal(fresh.verify(old.sign('s')), undefined)
  })

  it('reads base64url data, also when that contains the separator', () => {
    const data = Buffer.from(JSON.stringify('\u{3ee}~~')).toString('base64url').replace(/=+$/, '')
    const dashed = `${data}`
    const digest = createHmac('sha256', 'k').update(dashed).digest('hex')
    assert.deepEqual(new Signer(['k']).verify(`${dashed}--${digest}`), { stream: '\u{3ee}~~' })
  })

  it('carries an expiry and a subject', () => {
    const signer = new Signer(['k'])
    const claims = { expires: 1_800_000_000_000, subject: 'user:7' }
    assert.deepEqual(signer.verify(signer.sign('room:7', claims)), { stream: 'room:7', ...claims })
    assert.deepEqual(signer.verify(signer.sign('room:7', { subject: 'u' })), { stream: 'room:7', subject: 'u' })
  })

  it('never takes what Rails signed for a token with claims, nor the reverse', () => {
    const data = Buffer.from(JSON.stringify({ stream: 'room:7', expires: 9e15 })).toString('base64')
    const byRails = `${data}--${createHmac('sha256', 'k').update(data).digest('hex')}`
    assert.equal(new Signer(['k']).verify(byRails), undefined)
    const [claimed = '', digest] = new Signer(['k']).sign('room:7', { subject: 'u' }).split('--')
    assert.notEqual(createHmac('sha256', 'k').update(claimed).digest('hex'), digest)
  })

  it('verifies what it signed, for any name', () => {
    const signer = new Signer(['k'])
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => signer.verify(signer.sign(name))?.stream === name))
  })

  it('verifies nothing that was changed in any one character', () => {
    const signer = new Signer(['k'])
    const character = fc.string({ minLength: 1, maxLength: 1 })
    fc.assert(
      fc.property(fc.string(), fc.boolean(), fc.nat(), character, (name, claimed, at, put) => {
        const token = signer.sign(name, claimed ? { subject: 's' } : {})
        const index = at % token.length
        const changed = token.slice(0, index) + put + token.slice(index + 1)
        return changed === token || signer.verify(changed) === undefined
      }),
      { numRuns: 2_000 },
    )
  })

  it('verifies nothing that it did not sign', () => {
    const signer = new Signer(['k'])
    fc.assert(fc.property(fc.string(), (text) => signer.verify(text) === undefined))
    fc.assert(
      fc.property(
        fc.base64String(),
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
        (data, digest) => signer.verify(`${data}--${digest}`) === undefined,
      ),
    )
  })
})
