// From the name asked for to the stream, or to the reason why not.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Gate, subjectOf } from '../../../src/hub/gate.ts'
import { resolveOptions, type TurboCableOptions } from '../../../src/options/options.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { warnings } from '../../support/warnings.ts'

const signer = new Signer(['x'])
const gate = (options: TurboCableOptions = {}) => new Gate(resolveOptions(options, {}))
const visitor = (identity?: unknown) => ({ identity, request: undefined })
const admits = (options: TurboCableOptions, asked: string, identity?: unknown) =>
  gate(options).admit(asked, visitor(identity))

describe('admit', () => {
  it('lets a plain name in where there is no secret, and refuses it where there is one', () => {
    assert.deepEqual(admits({}, 's'), { stream: 's', expires: undefined })
    assert.equal(admits({ secret: 'x' }, 's'), 'unauthorized')
  })

  it('lets a token in for the stream that it names', () => {
    assert.deepEqual(admits({ secret: 'x' }, signer.sign('s')), { stream: 's', expires: undefined })
    assert.equal(admits({ secret: 'y' }, signer.sign('s')), 'unauthorized')
  })

  it('refuses a token after its time, and says when one ends that has some left', () => {
    const expires = Date.now() + 60_000
    assert.deepEqual(admits({ secret: 'x' }, signer.sign('s', { expires })), { stream: 's', expires })
    assert.equal(admits({ secret: 'x' }, signer.sign('s', { expires: Date.now() - 1 })), 'expired')
  })

  it('lets a token of somebody in for that identity alone', () => {
    const token = signer.sign('s', { subject: '7' })
    assert.notEqual(admits({ secret: 'x' }, token, { id: 7 }), 'unauthorized')
    for (const identity of [{ id: 8 }, undefined, null, {}])
      assert.equal(admits({ secret: 'x' }, token, identity), 'unauthorized')
  })

  it('says whether a name is no name or too long', () => {
    for (const name of ['a,b', 'a\nb']) assert.equal(admits({}, name), 'invalid')
    for (const name of ['x'.repeat(513), 'é'.repeat(300), 'x'.repeat(8_193)]) assert.equal(admits({}, name), 'limit')
  })

  const rules = [true, ['s', 't'], /^[st]$/g, (stream: string) => stream !== 'u']
  for (const publicStreams of rules) {
    it(`knows public names by ${Array.isArray(publicStreams) ? 'a list' : publicStreams}`, () => {
      // Twice: a RegExp with the flag g would remember where it was.
      const one = gate({ secret: 'x', publicStreams })
      for (const _ of [1, 2]) assert.notEqual(one.admit('s', visitor()), 'unauthorized')
      if (publicStreams !== true) assert.equal(one.admit('u', visitor()), 'unauthorized')
    })
  }

  it('takes a function that throws, or answers with a promise, for a no', (t) => {
    const warned = warnings(t)
    const throwing = () => {
      throw new Error('no')
    }
    const late = (async () => true) as unknown as () => boolean
    for (const publicStreams of [throwing, late]) assert.equal(admits({ publicStreams }, 's'), 'unauthorized')
    assert.equal(warned.length, 2)
  })
})

describe('allows', () => {
  it('is yes only where the app says exactly true', async (t) => {
    const warned = warnings(t)
    for (const [answer, allowed] of [
      [true, true],
      [Promise.resolve(true), true],
      [1, false],
      [undefined, false],
      [Promise.reject(new Error('no')), false],
    ] as const) {
      const one = gate({ authorize: () => answer as boolean })
      assert.equal(await one.allows('s', visitor(), new AbortController().signal), allowed)
    }
    assert.match(warned.join(), /authorize failed for "s", which refuses it: no/)
  })
})

describe('revoke', () => {
  it('refuses the stream to whoever matches until it is taken back', () => {
    const one = gate()
    const restore = one.revoke('s', (identity) => identity === 7)
    assert.equal(one.admit('s', visitor(7)), 'unauthorized')
    assert.notEqual(one.admit('s', visitor(8)), 'unauthorized')
    assert.notEqual(one.admit('t', visitor(7)), 'unauthorized')
    restore()
    assert.notEqual(one.admit('s', visitor(7)), 'unauthorized')
  })

  it('with one function twice holds until both are taken back', () => {
    const one = gate()
    const everybody = () => true
    const [first, second] = [one.revoke('s', everybody), one.revoke('s', everybody)]
    first()
    first()
    assert.equal(one.admit('s', visitor()), 'unauthorized')
    second()
    assert.notEqual(one.admit('s', visitor()), 'unauthorized')
  })

  it('by a function that throws refuses everybody', (t) => {
    const warned = warnings(t)
    const one = gate()
    one.revoke('s', (identity) => identity.id === 7)
    assert.equal(one.admit('s', visitor()), 'unauthorized')
    assert.equal(warned.length, 1)
  })
})

describe('subjectOf', () => {
  it('is the identity or its id as text, and nothing for what is neither', () => {
    for (const identity of ['7', 7, 7n, { id: 7 }, { id: '7' }, { id: 7n }]) assert.equal(subjectOf(identity), '7')
    for (const identity of [undefined, null, true, {}, { id: {} }]) assert.equal(subjectOf(identity), undefined)
  })
})
