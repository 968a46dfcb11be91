// A right that was given for a time ends by its time, also under a connection that lives on.

import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { withCable } from '../../support/with-cable.ts'

const secret = 's3Krit'
const minute = 60_000

describe('an expiring token', () => {
  afterEach(() => mock.timers.reset())

  it('opens until its time, and is refused as expired after it', () => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_800_000_000_000 })
    return withCable({ secret }, async ({ connect, cable }) => {
      const { token } = cable.signedStream('room:1', { expiresIn: minute })
      mock.timers.tick(minute - 1)
      const early = await connect()
      assert.equal((await early.subscribe(token)).type, 'subscribed')
      mock.timers.tick(1)
      const late = await connect()
      assert.deepEqual(await late.subscribe(token), { type: 'rejected', stream: token, reason: 'expired' })
    })
  })

  it('ends the subscription that it opened, not a second before its time and within two after it', () => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_800_000_000_300 })
    return withCable({ secret }, async ({ connect, cable }) => {
      const forever = cable.signedStream('room:1').token
      const { token } = cable.signedStream('room:1', { expiresIn: minute })
      const [leaving, staying] = [await connect(), await connect()]
      assert.equal((await leaving.subscribe(token, { cursor: null })).type, 'subscribed')
      assert.equal((await staying.subscribe(forever, { cursor: null })).type, 'subscribed')

      mock.timers.tick(minute)
      await cable.broadcastJson('room:1', 1)
      assert.equal((await leaving.next()).data, 1)
      assert.equal((await staying.next()).data, 1)

      mock.timers.tick(2_000)
      assert.deepEqual(await leaving.next(), { type: 'rejected', stream: token, reason: 'expired' })
      await cable.broadcastJson('room:1', 2)
      assert.equal((await staying.next()).data, 2)
      assert.deepEqual(await leaving.subscribe(token), { type: 'rejected', stream: token, reason: 'expired' })
      assert.deepEqual([leaving.inbox, cable.stats().subscriptions, cable.stats().connections], [[], 1, 2])
    })
  })

  it('leaves the stream open where another token opened it as well', () => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_800_000_000_000 })
    return withCable({ secret }, async ({ connect, cable }) => {
      const short = cable.signedStream('room:1', { expiresIn: minute }).token
      const long = cable.signedStream('room:1', { expiresIn: 10 * minute }).token
      const client = await connect()
      await client.subscribe(short, { cursor: null })
      await client.subscribe(long, { cursor: null })
      mock.timers.tick(minute + 2_000)
      assert.deepEqual(await client.next(), { type: 'rejected', stream: short, reason: 'expired' })
      await cable.broadcastJson('room:1', 1)
      assert.equal((await client.next()).data, 1)
      mock.timers.tick(10 * minute)
      assert.deepEqual(await client.next(), { type: 'rejected', stream: long, reason: 'expired' })
      assert.equal(cable.stats().subscriptions, 0)
    })
  })

  it('that ends while the app is still being asked opens nothing', () => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_800_000_000_000 })
    let answer: (allowed: boolean) => void = () => {}
    let asked: () => void = () => {}
    const question = new Promise<void>((resolve) => {
      asked = resolve
    })
    const authorize = () => {
      asked()
      return new Promise<boolean>((resolve) => {
        answer = resolve
      })
    }
    return withCable({ secret, authorize }, async ({ connect, cable }) => {
      const { token } = cable.signedStream('room:1', { expiresIn: minute })
      const client = await connect()
      const answered = client.subscribe(token)
      await question
      mock.timers.tick(minute)
      answer(true)
      assert.deepEqual(await answered, { type: 'rejected', stream: token, reason: 'expired' })
    })
  })

  it('that was unsubscribed from ends without a word', () => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_800_000_000_000 })
    return withCable({ secret, publicStreams: ['end'] }, async ({ connect, cable }) => {
      const { token } = cable.signedStream('room:1', { expiresIn: minute })
      const client = await connect()
      await client.subscribe(token)
      client.send({ type: 'unsubscribe', stream: token })
      await client.subscribe('end')
      mock.timers.tick(minute + 2_000)
      await cable.broadcastJson('end', 1)
      assert.equal((await client.next()).type, 'message')
    })
  })

  it('ends by the real clock too', () =>
    withCable({ secret }, async ({ connect, cable }) => {
      const start = Date.now()
      const { token } = cable.signedStream('room:1', { expiresIn: 1_000 })
      const client = await connect()
      assert.equal((await client.subscribe(token, { cursor: null })).type, 'subscribed')
      assert.deepEqual(await client.next(), { type: 'rejected', stream: token, reason: 'expired' })
      const took = Date.now() - start
      assert.ok(took >= 1_000, `ended after ${took} ms`)
      await cable.broadcastJson('room:1', 1)
      assert.deepEqual(await client.subscribe(token), { type: 'rejected', stream: token, reason: 'expired' })
      assert.equal(cable.stats().subscriptions, 0)
    }))
})
