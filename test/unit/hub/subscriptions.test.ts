// Who listens to what, indexed both ways, and left without a trace.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { type Opened, type Subscription, Subscriptions } from '../../../src/hub/subscriptions.ts'
import { connectionOf } from '../../support/hub-doubles.ts'

const to = (address: string, stream = address, resumes = false) => ({ address, stream, resumes })

function build() {
  const expired: Subscription[] = []
  const subscriptions = new Subscriptions(
    () => {},
    (subscription) => expired.push(subscription),
  )
  const { connection } = connectionOf()
  const open = (destination: ReturnType<typeof to>, expires?: number) => {
    const { address, stream, resumes } = destination
    const [opened] = subscriptions.open(connection, address, resumes, [{ stream, expires }]) as [Opened]
    opened.subscription.topic.serve(opened.subscription.audience, connection)
    return opened
  }
  return { subscriptions, connection, open, expired }
}

describe('Subscriptions', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 }))
  afterEach(() => mock.timers.reset())

  it('are found by stream and by connection, and are gone from both when they end', () => {
    const { subscriptions, connection, open } = build()
    const { subscription } = open(to('s'))
    assert.equal(subscriptions.topic('s'), subscription.topic)
    assert.equal(subscriptions.of(connection).get('s'), subscription)
    assert.deepEqual([subscriptions.streams, subscriptions.count], [1, 1])
    subscriptions.end(connection, 's')
    subscriptions.end(connection, 's')
    assert.deepEqual([subscriptions.topic('s'), subscriptions.of(connection).size], [undefined, 0])
    assert.deepEqual([subscriptions.streams, subscriptions.count], [0, 0])
  })

  it('count one address once, however often it is opened', () => {
    const { subscriptions, open } = build()
    open(to('s'))
    open(to('s'))
    assert.deepEqual([subscriptions.streams, subscriptions.count], [1, 1])
  })

  it('keep a connection in a stream until its last address has ended', () => {
    const { subscriptions, connection, open } = build()
    const { subscription } = open(to('s', 's', true))
    open(to('t', 's', true))
    subscriptions.end(connection, 's')
    assert.equal(subscription.audience.members.has(connection), true)
    subscriptions.end(connection, 't')
    assert.equal(subscription.audience.members.has(connection), false)
    assert.equal(subscriptions.streams, 0)
  })

  it('move an address from one audience to another, and say that it was served', () => {
    const { subscriptions, connection, open } = build()
    const { subscription: plain } = open(to('s'))
    const [{ subscription, served }] = subscriptions.open(connection, 's', true, [{ stream: 's' }]) as [Opened]
    assert.equal(served, true)
    assert.equal(plain.audience.members.size, 0)
    assert.equal(subscription.topic, plain.topic)
  })

  it('move an address from one stream to another, and leave nothing of the first', () => {
    const { subscriptions, open } = build()
    open(to('a', 'one'))
    const { served } = open(to('a', 'two'))
    assert.deepEqual([served, subscriptions.streams, subscriptions.count], [false, 1, 1])
    assert.equal(subscriptions.topic('one'), undefined)
  })

  it('end by their time, and say which', () => {
    const { subscriptions, open, expired } = build()
    const { subscription } = open(to('s'), 1_002_000)
    mock.timers.tick(1_000)
    assert.deepEqual(expired, [])
    mock.timers.tick(1_000)
    assert.deepEqual(expired, [subscription])
    assert.deepEqual([subscriptions.streams, subscriptions.count], [0, 0])
  })

  it('end by the time of the newest right to an address, and not by that of an older one', () => {
    const { subscriptions, open, expired } = build()
    open(to('s'), 1_001_000)
    open(to('s'))
    mock.timers.tick(5_000)
    assert.deepEqual([expired, subscriptions.count], [[], 1])
  })

  it('end all of a connection at once, none of another', () => {
    const { subscriptions, connection, open, expired } = build()
    const { connection: other } = connectionOf()
    open(to('a'), 1_001_000)
    open(to('b'))
    const [{ subscription }] = subscriptions.open(other, 'a', false, [{ stream: 'a' }]) as [Opened]
    subscription.topic.serve(subscription.audience, other)
    subscriptions.endAll(connection)
    assert.deepEqual([subscriptions.streams, subscriptions.count], [1, 1])
    assert.deepEqual([...(subscriptions.topic('a')?.connections() ?? [])], [other])
    mock.timers.tick(5_000)
    assert.deepEqual(expired, [])
  })
})
