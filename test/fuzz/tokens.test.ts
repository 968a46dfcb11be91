// Random tokens and cursors on a live socket: only what the server signed opens a stream, and only what it counted resumes one.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Signer } from '../../src/stream/signer.ts'
import { Bystander, confidential } from '../support/bystander.ts'
import { seededChance } from '../support/chance.ts'
import { withCable } from '../support/with-cable.ts'

const secret = 's3Krit'
const signer = new Signer([secret])
const limits = { messagesPerSecond: 1_000_000 }

describe('random tokens', () => {
  it('open nothing', { timeout: 60_000 }, (t) => {
    const { seed } = seededChance()
    t.diagnostic(`seed ${seed}`)
    const good = signer.sign('private')
    const claimed = signer.sign('private', { subject: 'somebody', expires: 9e15 })
    const ended = signer.sign('private', { expires: Date.now() - 1 })
    const known = [good, claimed, ended]

    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
    const payload = fc.oneof(
      fc.constantFrom('private', { stream: 'private' }, { stream: 'private', expires: 9e15 }, ['private']),
      fc.jsonValue(),
    )
    const base64 = payload.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64'))
    const changed = fc
      .tuple(fc.constantFrom(...known), fc.nat(), fc.string({ maxLength: 2 }), fc.nat(3))
      .map(([token, at, put, cut]) => token.slice(0, at % token.length) + put + token.slice((at % token.length) + cut))
    const crossed = fc.tuple(base64, fc.constantFrom(...known)).map(([data, token]) => `${data}--${token.slice(-64)}`)
    const tokens = fc.oneof(
      changed,
      crossed,
      fc.tuple(base64, hex).map(([data, digest]) => `${data}--${digest}`),
      // Signed, but by somebody else, or for somebody else.
      fc.tuple(fc.string(), fc.string()).map(([key, subject]) => new Signer([`${key}!`]).sign('private', { subject })),
      fc.string({ minLength: 1 }).map((subject) => signer.sign('private', { subject: `${subject}!` })),
      fc.integer({ min: -8.64e15, max: Date.now() - 1 }).map((expires) => signer.sign('private', { expires })),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('private', ended, claimed),
    )

    return withCable({ secret, limits, authenticate: () => 'nobody' }, async (context) => {
      const bystander = await Bystander.to(good, context)
      const client = await context.connect()
      await fc.assert(
        fc.asyncProperty(tokens, fc.boolean(), async (asked, resuming) => {
          if (asked === good) return
          const answer = await client.subscribe(asked, resuming ? { cursor: null } : {})
          assert.equal(answer.type, 'rejected')
          // The answer to the next one would be this message, had the stream been opened.
          await bystander.check()
        }),
        { seed, numRuns: 1_500, endOnFailure: true },
      )
      assert.ok(!client.inbox.some((text) => text.includes(confidential)))
      assert.equal(context.cable.stats().subscriptions, 1)
      assert.equal((await client.subscribe(good)).type, 'subscribed', 'the good one still does')
    })
  })
})

describe('random cursors', () => {
  it('replay exactly what came after them, or are a gap', { timeout: 60_000 }, (t) => {
    const { seed } = seededChance()
    t.diagnostic(`seed ${seed}`)
    return withCable({ limits }, async ({ connect, cable }) => {
      const client = await connect()
      const { cursor: start } = await client.subscribe('s', { cursor: null })
      const [epoch = '', first] = String(start).split(':')
      assert.equal(first, '0')
      client.send({ type: 'unsubscribe', stream: 's' })
      await client.drain()
      const count = 20
      for (let n = 1; n <= count; n++) await cable.broadcastJson('s', n)

      const absurd = fc.constantFrom(
        '-1',
        '1.5',
        '01',
        '1e1',
        ' 1',
        '1 ',
        '0x1',
        '٣',
        'Infinity',
        'NaN',
        '',
        '9'.repeat(40),
      )
      const position = fc.oneof(fc.nat(2 * count).map(String), absurd, fc.bigInt().map(String), fc.string())
      const epochs = fc.oneof(fc.constant(epoch), fc.constant(epoch.toUpperCase()), fc.string())
      const cursors = fc.oneof(
        fc.tuple(epochs, position).map((parts) => parts.join(':')),
        fc.string({ unit: 'binary' }),
      )
      await fc.assert(
        fc.asyncProperty(cursors, async (cursor) => {
          const answer = await client.subscribe('s', { cursor })
          assert.equal(answer.type, 'subscribed')
          const known = /^(0|[1-9]\d?)$/.exec(cursor.startsWith(`${epoch}:`) ? cursor.slice(epoch.length + 1) : '')
          const after = known ? Number(known[1]) : Number.POSITIVE_INFINITY
          assert.equal(answer.recovered, after <= count, cursor)
          for (let n = after + 1; n <= count; n++) assert.equal((await client.next()).data, n)
          assert.deepEqual(client.inbox, [])
        }),
        { seed, numRuns: 1_500, endOnFailure: true },
      )
      const received = await client.drain()
      assert.deepEqual(received, [])
    })
  })
})
