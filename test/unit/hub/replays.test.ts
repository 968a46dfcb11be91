// From a subscribe with a cursor to a subscriber that misses nothing, with an engine that answers when it is told.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { Signer } from '../../../src/stream/signer.ts'
import type { RecordingTransport } from '../../support/hub-doubles.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

/** What was read, in short: a message is its data, an answer its address and whether it recovered. */
const short = (client: RecordingTransport) =>
  client
    .read()
    .map((message) =>
      message.type === 'message' ? message.data : `${message.stream} ${message.recovered ?? message.reason ?? 'plain'}`,
    )

// Two names for the stream `s`: the plain one, and one that `s` is made of by a token.
async function twoNames() {
  const context = hubOf({ secret: 'x', publicStreams: true })
  const token = new Signer(['x']).sign('s')
  return { ...context, token }
}

/** A context whose engine has stopped answering. */
function stuck(options = {}) {
  const context = hubOf(options)
  context.engine.answers = false
  return context
}

describe('a subscribe with a cursor', () => {
  it('is answered with what came since, in order and once, however late the engine answers', async () => {
    const { engine, client, publish } = stuck()
    const page = client()
    await publish('s', 1)
    page.subscribe('s', { cursor: 'e:0' })
    await publish('s', 2)
    assert.deepEqual(short(page), [], 'held back')
    engine.questions[0]?.answer()
    await publish('s', 3)
    await turn()
    assert.deepEqual(short(page), ['s true', 1, 2, 3])
  })

  it('is not sent again live what the replay held before this process was handed it', async () => {
    const { engine, client, publish } = stuck()
    engine.delivers = false
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    await publish('s', 1)
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(short(page), ['s true', 1])
    await publish('s', 2)
    engine.deliver()
    await turn()
    assert.deepEqual(short(page), [2])
  })

  it('is a gap where the engine fails, and live messages follow', async (t) => {
    const warned = warnings(t)
    const { engine, client, publish } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    engine.questions[0]?.fail(new Error('away'))
    await turn()
    await publish('s', 1)
    assert.deepEqual(short(page), ['s false', 1])
    assert.deepEqual(warned, ['[turbo-cable] history of "s" could not be read: away'])
  })

  it('from now on gets nothing again, and loses nothing where it was served before', async () => {
    const { engine, client, publish } = stuck()
    const page = client()
    page.subscribe('s')
    await publish('s', 1)
    page.subscribe('s', { cursor: null })
    await publish('s', 2)
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(short(page), ['s plain', 1, 2, 's true'])
  })
})

describe('subscribes that overlap', () => {
  it('under one name are answered in order', async () => {
    const { engine, client } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    page.subscribe('s', { cursor: null })
    assert.equal(engine.questions.length, 1)
    engine.questions[0]?.answer({ recovered: false })
    await turn()
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(short(page), ['s false', 's true'])
  })

  it('are forgotten by an unsubscribe, and one that comes after it starts anew', async () => {
    const { engine, client, publish } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    const [first] = engine.questions
    page.unsubscribe('s')
    assert.equal(first?.deadline.aborted, true)
    page.subscribe('s', { cursor: 'e:0' })
    await publish('s', 1)
    first?.answer({ recovered: false })
    await turn()
    assert.deepEqual(short(page), [], 'the answer to the first is nobody’s')
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(short(page), ['s true', 1])
  })

  it('lose to a plain one: its name gets no answer with a cursor, also where another name still waits', async () => {
    const { engine, client, token } = await twoNames()
    engine.answers = false
    const page = client()
    page.subscribe('s', { cursor: null })
    page.subscribe(token, { cursor: null })
    page.subscribe('s')
    for (const _ of [1, 2]) {
      await turn()
      engine.questions[0]?.answer()
    }
    await turn()
    assert.deepEqual(short(page), ['s plain', `${token} true`])
  })

  it('lose nothing when a plain one turns into one with a cursor while another name is still waiting', async () => {
    const { engine, client, publish, token } = await twoNames()
    engine.answers = false
    const page = client()
    page.subscribe('s')
    page.subscribe(token, { cursor: null })
    page.subscribe('s', { cursor: null })
    page.read()
    await publish('s', 1)
    engine.questions[0]?.answer()
    await turn()
    engine.questions[0]?.answer()
    await turn()
    assert.ok(short(page).includes(1))
  })

  it('do not make a stream wait that was live under another name, once nobody waits for the answer', async () => {
    const { engine, client, publish, token } = await twoNames()
    const page = client()
    page.subscribe('s', { cursor: null })
    await turn()
    engine.answers = false
    page.subscribe(token, { cursor: null })
    await publish('s', 1)
    page.unsubscribe(token)
    await turn()
    assert.deepEqual(short(page), ['s true', 1])
    await publish('s', 2)
    assert.deepEqual(short(page), [2])
  })

  it('may withdraw and ask again in one breath', async () => {
    const { engine, client, token } = await twoNames()
    const page = client()
    page.subscribe('s', { cursor: null })
    await turn()
    engine.answers = false
    page.subscribe(token, { cursor: null })
    page.unsubscribe(token)
    page.subscribe(token, { cursor: null })
    await turn()
    engine.questions.at(-1)?.answer()
    await turn()
    assert.deepEqual(short(page), ['s true', `${token} true`])
  })
})

describe('a replay under way', () => {
  it('ends with the connection, and asks the engine nothing more', async () => {
    const { hub, engine, client } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    page.subscribe('s', { cursor: 'e:0' })
    const [question] = engine.questions
    page.close()
    assert.equal(question?.deadline.aborted, true)
    question?.answer()
    await turn()
    assert.deepEqual([short(page), engine.questions.length], [[], 0])
    assert.deepEqual(
      [hub.stats().subscriptions, hub.stats().streams, hub.stats().connections],
      [0, 0, 0],
      'left behind',
    )
  })

  it('ends where its own write is too much for the client, and asks the engine nothing more', async () => {
    const { hub, engine, client, publish } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    page.subscribe('s', { cursor: 'e:0' })
    await publish('s', 1)
    page.pending = 2 ** 30
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(page.ends, [1013])
    assert.equal(engine.questions.length, 0)
    const { slowConsumers, subscriptions, streams } = hub.stats()
    assert.deepEqual([slowConsumers, subscriptions, streams], [1, 0, 0])
  })

  it('is over when the log has a hole: nothing of it is written any more', async () => {
    const { hub, engine, client } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    const [question] = engine.questions
    hub.lost()
    question?.answer()
    await turn()
    assert.deepEqual(
      page.read().map(({ type }) => type),
      ['disconnect'],
    )
    assert.deepEqual([page.ends, hub.stats().subscriptions], [[1012], 0])
  })

  it('keeps the cursor out of pings until it is answered', async () => {
    const { hub, engine, client } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    const connection = page.delegate as Parameters<typeof hub.pulse.pingDue>[0]
    hub.pulse.pingDue(connection)
    assert.deepEqual(page.read(), [{ type: 'ping' }])
    engine.questions[0]?.answer()
    await turn()
    page.read()
    hub.pulse.pingDue(connection)
    assert.deepEqual(page.read(), [{ type: 'ping', cursor: 'e:0' }])
  })
})

describe('what is held back', () => {
  it('stays within limits.pendingBytes: past that there is a gap, and live messages follow it', async () => {
    const { engine, client, publish } = stuck({ limits: { pendingBytes: 2_000 } })
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    for (const _ of [1, 2]) await publish('s', 'x'.repeat(1_000))
    assert.deepEqual(short(page), ['s false'])
    assert.equal(engine.questions[0]?.deadline.aborted, true)
    await publish('s', 4)
    assert.deepEqual(short(page), [4])
  })

  it('makes one piece of a long one, and the next when this one was taken', async (t) => {
    const { client, publish } = hubOf()
    for (let n = 0; n < 30; n++) await publish('s', 'x'.repeat(10_000))
    const page = client()
    const made = [t.mock.method(page.framing, 'frame'), t.mock.method(page.framing, 'around')]
    page.subscribe('s', { cursor: 'e:0' })
    await turn()
    assert.equal(page.writes.length, 1)
    const frames = made.reduce((sum, { mock }) => sum + mock.callCount(), 0)
    assert.ok(frames < 12, `${frames} frames`)
  })

  it('counts what a message costs beside its text', async () => {
    const { client, publish } = stuck({ limits: { pendingBytes: 2_000 } })
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    for (let n = 1; n <= 10; n++) await publish('s', n)
    assert.equal(short(page)[0], 's false')
  })

  for (let steps = 0; steps < 8; steps++) {
    it(`has no silent hole where too much comes ${steps} microtasks after the engine answered`, async () => {
      const { engine, client, publish } = stuck({ limits: { pendingBytes: 2_000 } })
      const page = client()
      page.subscribe('s', { cursor: 'e:0' })
      engine.questions[0]?.answer()
      for (let step = 0; step < steps; step++) await Promise.resolve()
      const long = 'x'.repeat(1_000)
      for (const _ of [1, 2]) void publish('s', long)
      await turn()
      const [answer, ...messages] = short(page)
      assert.deepEqual(messages, answer === 's false' ? [] : [long, long])
    })
  }

  it('is a gap for all who wait, so that nobody is held up once more', async () => {
    const { engine, client, publish, token } = await twoNames()
    engine.answers = false
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    page.subscribe(token, { cursor: 'e:0' })
    await publish('s', 'x'.repeat(2 ** 21))
    assert.deepEqual(short(page), ['s false', `${token} false`])
    await publish('s', 1)
    assert.deepEqual(short(page), [1])
  })

  it('never vanishes in silence: with nobody left to be told of the gap, the client comes back with its cursor', async () => {
    const { hub, engine, client, publish, token } = await twoNames()
    const page = client()
    page.subscribe('s', { cursor: null })
    await turn()
    page.read()
    engine.answers = false
    page.subscribe(token, { cursor: null })
    page.unsubscribe(token)
    // Before the withdrawal has taken effect.
    void publish('s', 'x'.repeat(2 ** 21))
    await turn()
    assert.deepEqual(page.read(), [{ type: 'disconnect', reason: 'slow_consumer', reconnect: true }])
    assert.equal(hub.stats().slowConsumers, 1)
  })
})

describe('an engine that does not answer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: 1_000_000 }))
  afterEach(() => mock.timers.reset())

  it('is waited for 10 s: then there is a gap, and live messages follow', async () => {
    const { engine, client, publish } = stuck()
    const page = client()
    page.subscribe('s', { cursor: 'e:0' })
    await publish('s', 1)
    mock.timers.tick(9_000)
    await turn()
    assert.deepEqual(short(page), [])
    assert.equal(engine.questions[0]?.deadline.aborted, false)
    mock.timers.tick(2_000)
    await turn()
    assert.deepEqual(short(page), ['s false'])
    assert.equal(engine.questions[0]?.deadline.aborted, true)
    await publish('s', 2)
    assert.deepEqual(short(page), [2])
  })

  it('makes nobody wait twice: all who wait are told at once', async () => {
    const { client, engine } = stuck()
    const page = client()
    for (let n = 0; n < 5; n++) page.subscribe('s', { cursor: 'e:0' })
    mock.timers.tick(11_000)
    await turn()
    assert.deepEqual(short(page), Array(5).fill('s false'))
    assert.equal(engine.questions.length, 1)
  })

  it('takes nothing from who was served before: what was held is sent, and then the gap is said', async () => {
    const { engine, client, publish } = hubOf()
    const page = client()
    page.subscribe('s', { cursor: null })
    await turn()
    page.read()
    engine.answers = false
    page.subscribe('s', { cursor: null })
    await publish('s', 1)
    mock.timers.tick(11_000)
    await turn()
    assert.deepEqual(short(page), [1, 's false'])
  })

  it('does not answer for a right that ended meanwhile', async () => {
    const { engine, hub, client } = hubOf({ secret: 'x' })
    engine.answers = false
    const { createSignedStream } = await import('../../../src/stream/signed-stream.ts')
    const { token } = createSignedStream(new Signer(['x']))('s', { expiresIn: 2_000 })
    const page = client()
    page.subscribe(token, { cursor: 'e:0' })
    mock.timers.tick(3_000)
    assert.deepEqual(short(page), [`${token} expired`])
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual([short(page), hub.stats().subscriptions], [[], 0])
  })
})
