// From a subscribe to a subscription or a refusal, also while the app takes its time to decide.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Signer } from '../../../src/stream/signer.ts'
import { heapInUse } from '../../support/heap.ts'
import { hubOf, type RecordingTransport, turn } from '../../support/hub-doubles.ts'

/** A hub whose app answers when it is told: each question is a function to call with the answer. */
function deciding(options = {}) {
  const answers: ((allowed: boolean) => void)[] = []
  const authorize = () => new Promise<boolean>((resolve) => answers.push(resolve))
  const context = hubOf({ authorize, ...options })
  return {
    ...context,
    answers,
    async answer(index: number, allowed: boolean) {
      answers[index]?.(allowed)
      await turn()
    },
  }
}

describe('a subscribe', () => {
  it('is answered and served', async () => {
    const { hub, client, publish } = hubOf()
    const page = client()
    page.subscribe('s')
    await publish('s', 1)
    assert.deepEqual(page.read(), [
      { type: 'subscribed', stream: 's' },
      { type: 'message', stream: 's', data: 1 },
    ])
    assert.equal(hub.stats().subscriptions, 1)
  })

  it('beyond the number of streams is refused, and one that is there already is not', () => {
    const { client } = hubOf({ limits: { streamsPerConnection: 1 } })
    const page = client()
    for (const stream of ['a', 'b', 'a']) page.subscribe(stream)
    assert.deepEqual(
      page.read().map(({ type, reason }) => reason ?? type),
      ['subscribed', 'limit', 'subscribed'],
    )
  })

  it('counts those that the app has yet to decide about', () => {
    const { client, answers } = deciding({ limits: { streamsPerConnection: 1 } })
    const page = client()
    for (const stream of ['a', 'b']) page.subscribe(stream)
    assert.deepEqual(page.read(), [{ type: 'rejected', stream: 'b', reason: 'limit' }])
    assert.equal(answers.length, 1)
  })

  it('that is refused ends what was served at its address', async () => {
    let allowed = true
    const { hub, client, publish } = hubOf({ authorize: () => allowed })
    const page = client()
    page.subscribe('s')
    await turn()
    allowed = false
    page.subscribe('s')
    await turn()
    page.read()
    await publish('s', 1)
    assert.deepEqual([page.read(), hub.stats().subscriptions], [[], 0])
  })

  it('shows no more of an address than it takes to know it again', () => {
    const { client } = hubOf()
    const page = client()
    page.subscribe('x'.repeat(10_000))
    assert.deepEqual(page.read(), [{ type: 'rejected', stream: 'x'.repeat(8_192), reason: 'limit' }])
  })

  it('leaves nobody in a stream whom the messages that had to go out first were too many for', async () => {
    const { hub, client, publish } = hubOf()
    const [slow, other] = [client(), client()]
    for (const page of [slow, other]) page.subscribe('a')
    void publish('a', 1)
    slow.pending = 2 ** 30
    for (const cursor of [undefined, null]) slow.subscribe('a', { cursor })
    await turn()
    slow.close()
    other.unsubscribe('a')
    const { streams, subscriptions, slowConsumers } = hub.stats()
    assert.deepEqual([streams, subscriptions, slowConsumers], [0, 0, 1])
  })
})

describe('what a client asks again and again', () => {
  const many = 480
  const long = (n: number) => `${n}`.padEnd(16_000, 'x')

  // Bytes that are kept of subscribes that have no answer yet.
  const kept = (page: RecordingTransport, extra: (n: number) => object, stream = 's') => {
    const before = heapInUse()
    for (let n = 0; n < many; n++) page.subscribe(stream, extra(n))
    return heapInUse() - before
  }

  it('by cursors that are none keeps little while the engine is slow, and each is answered', async () => {
    const { client, engine } = hubOf()
    engine.answers = false
    const page = client()
    const bytes = kept(page, (n) => ({ cursor: long(n) }))
    assert.ok(bytes < 1_000_000, `${bytes} bytes`)
    assert.deepEqual(
      engine.questions.map(({ cursor }) => cursor),
      ['-:0'],
    )
    engine.questions[0]?.answer()
    await turn()
    assert.equal(page.read().filter(({ type }) => type === 'subscribed').length, many)
  })

  it('by a long name keeps that once while the engine is slow', () => {
    const { client, engine } = hubOf({ secret: 'x'.repeat(32) })
    engine.answers = false
    const token = new Signer(['x'.repeat(32)]).sign('s'.repeat(500))
    // The runtime keeps something of its own at some of the times.
    const bytes = Math.min(...Array.from({ length: 4 }, () => kept(client(), () => ({ cursor: null }), token)))
    assert.ok(bytes < many * token.length, `${bytes} bytes`)
  })

  it('keeps little while the app decides, and the last one is answered', async () => {
    const { client, engine, answer } = deciding()
    const page = client()
    const bytes = kept(page, (n) => ({ cursor: long(n), connection: `${n}` }))
    assert.ok(bytes < 3_000_000, `${bytes} bytes`)
    await answer(0, true)
    assert.deepEqual(page.read(), [])
    await answer(1, true)
    assert.equal(page.read().length, 1)
    assert.deepEqual(engine.questions, [])
  })
})

describe('while the app decides', () => {
  it('nothing is sent, and everything after it said yes', async () => {
    const { client, publish, answer } = deciding()
    const page = client()
    page.subscribe('s')
    await publish('s', 1)
    assert.deepEqual(page.read(), [])
    await answer(0, true)
    await publish('s', 2)
    assert.deepEqual(
      page.read().map(({ type, data }) => data ?? type),
      ['subscribed', 2],
    )
  })

  it('an unsubscribe makes its answer nobody’s', async () => {
    const { hub, client, answer } = deciding()
    const page = client()
    page.subscribe('s')
    page.unsubscribe('s')
    await answer(0, true)
    assert.deepEqual([page.read(), hub.stats().subscriptions], [[], 0])
  })

  it('an unsubscribe and a new subscribe wait for the new answer, which is asked for after the one before', async () => {
    const { hub, client, answer } = deciding()
    const page = client()
    page.subscribe('s')
    page.unsubscribe('s')
    page.subscribe('s')
    await answer(0, false)
    assert.deepEqual(page.read(), [])
    await answer(1, true)
    assert.deepEqual(page.read(), [{ type: 'subscribed', stream: 's' }])
    assert.equal(hub.stats().subscriptions, 1)
  })

  it('a connection that closes is forgotten, whatever the answer', async () => {
    const { hub, client, answer } = deciding()
    const page = client()
    page.subscribe('s')
    page.close()
    await answer(0, true)
    assert.deepEqual([page.read(), hub.stats().subscriptions, hub.stats().streams], [[], 0, 0])
  })

  it('a revocation counts, also against a yes that comes later', async () => {
    const { hub, client, answer } = deciding()
    const page = client(7)
    page.subscribe('s')
    hub.removals.revoke('s', (identity) => identity === 7)
    await answer(0, true)
    assert.deepEqual(page.read(), [{ type: 'rejected', stream: 's', reason: 'unauthorized' }])
  })

  it('a hole in the log sends the client away, and the answer is nobody’s', async () => {
    const { hub, client, answer } = deciding()
    const page = client()
    page.subscribe('s')
    hub.lost()
    await answer(0, true)
    assert.deepEqual(
      page.read().map(({ type }) => type),
      ['disconnect'],
    )
    assert.equal(hub.stats().subscriptions, 0)
  })

  it('what is subscribed already goes on', async () => {
    const { client, publish, answer } = deciding()
    const page = client()
    page.subscribe('s')
    await answer(0, true)
    page.subscribe('s')
    await publish('s', 1)
    assert.deepEqual(
      page.read().map(({ type }) => type),
      ['subscribed', 'message'],
    )
  })
})
